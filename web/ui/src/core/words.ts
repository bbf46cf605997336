// The words of the page for the contract's names: one table each, so that a state or a risk is called
// the same everywhere.
import type { EvidenceLevel, EvidenceStatus, Kind, Level, PresenceNeeded, Risk, State } from "../api/types.ts";

export type Tone = "calm" | "busy" | "ask" | "good" | "warn" | "bad" | "quiet";

export const STATES: Record<State, { word: string; tone: Tone; says: string }> = {
    drafted: { word: "Drafted", tone: "calm", says: "Written down, not tested yet." },
    checking: { word: "Testing", tone: "busy", says: "Being evaluated and built in the sandbox." },
    verified: { word: "Tested", tone: "calm", says: "Built; the policy has still to decide." },
    decided: { word: "Needs you", tone: "ask", says: "Tested and explained. It waits for a person." },
    approved: { word: "Approved", tone: "good", says: "Approved. Nothing has changed on the machine yet." },
    applying: { word: "Applying", tone: "busy", says: "Being applied. The way back is armed." },
    confirmed: { word: "Confirmed", tone: "good", says: "Applied, healthy and kept." },
    rolled_back: { word: "Rolled back", tone: "warn", says: "Applied, and taken back: the machine runs what it ran before." },
    failed: { word: "Failed", tone: "bad", says: "Applying it did not work." },
    refused: { word: "Refused", tone: "bad", says: "It did not pass its tests: mend what is named above, and propose it again." },
    denied: { word: "Denied", tone: "bad", says: "Policy or a person said no." },
    withdrawn: { word: "Withdrawn", tone: "quiet", says: "Taken back before anything happened." },
    superseded: { word: "Superseded", tone: "quiet", says: "A newer proposal took its place." },
    lapsed: { word: "Lapsed", tone: "quiet", says: "Nobody looked in time. That is not a no." },
    expired: { word: "Expired", tone: "quiet", says: "The approval ran out before it was used." },
    stale: { word: "Stale", tone: "warn", says: "The machine, its base or the policy changed since." },
};

const OPEN: ReadonlySet<State> = new Set<State>([
    "drafted", "checking", "verified", "decided", "approved", "applying", "stale", "expired",
]);

export function isOpen(state: State): boolean {
    return OPEN.has(state);
}

export const RISKS: Record<Risk, { word: string; rank: number }> = {
    critical: { word: "Critical", rank: 4 },
    high: { word: "High risk", rank: 3 },
    notice: { word: "Notice", rank: 2 },
    low: { word: "Low risk", rank: 1 },
    none: { word: "No risk", rank: 0 },
};

/** What the parts of a proposal are called, by what it asks for. */
export const KINDS: Record<Kind, { word: string; effects: string; notes: string; nothing: string }> = {
    change: { word: "Change", effects: "What changes on this machine", notes: "Beside that", nothing: "Nothing that agentd looks at would change." },
    act: { word: "Act", effects: "What it does", notes: "What it would do now", nothing: "Nothing that agentd looks at would change." },
    rollback: { word: "Rollback", effects: "What would move", notes: "What stays as it is", nothing: "Nothing that agentd looks at would move." },
};

export const AREAS: Record<string, string> = {
    unclassified: "Not understood",
    act: "Done to the machine",
    ssh: "SSH",
    accounts: "People and rights",
    network: "Network and firewall",
    trust: "Whom the machine believes",
    secrets: "Secrets",
    storage: "Disks and files",
    environment: "Logins and shells",
    boot: "Kernel and boot",
    scripts: "Activation scripts",
    nix: "Nix itself",
    system: "System",
    units: "Services",
    packages: "Packages",
    etc: "Files in /etc",
};

export const LEVELS: Record<Level, string> = {
    forbid: "Forbidden by policy",
    observe: "Told and kept, never put up",
    propose: "May only be proposed",
    approve: "A person approves",
    veto: "Happens unless vetoed",
    auto: "Policy may apply it alone",
};

export const PRESENCE: Record<PresenceNeeded, string> = {
    none: "no proof of presence",
    browser: "a paired browser",
    password: "a password",
    ssh: "an SSH key",
    passkey: "a passkey",
};

export const EVIDENCE_LEVELS: { level: EvidenceLevel; word: string; says: string }[] = [
    { level: "intake", word: "Intake", says: "the patch is well formed and touches allowed files" },
    { level: "parse", word: "Parse", says: "the changed files are Nix, as far as can be told without it" },
    { level: "evaluate", word: "Evaluate", says: "the flake evaluates to one system" },
    { level: "build", word: "Build", says: "that system builds, without a network" },
    { level: "checks", word: "The flake's checks", says: "what the owner's own flake wants to hold" },
    { level: "effects", word: "Effects", says: "the built result was compared with what runs now" },
    { level: "dry_activate", word: "Dry activation", says: "what a switch would stop and start" },
    { level: "rehearsal", word: "Rehearsal", says: "it boots in a container, beside what runs now" },
    { level: "hosts", word: "Other hosts", says: "what it does to the other hosts of the flake" },
];

export const EVIDENCE_STATUS: Record<EvidenceStatus, { word: string; tone: Tone }> = {
    passed: { word: "Passed", tone: "good" },
    failed: { word: "Failed", tone: "bad" },
    cancelled: { word: "Cancelled", tone: "quiet" },
    timed_out: { word: "Timed out", tone: "bad" },
    limit: { word: "Hit a limit", tone: "bad" },
    unjudged: { word: "Not judged", tone: "warn" },
    not_tried: { word: "Not tried", tone: "quiet" },
};

export const STEPS: Record<string, string> = {
    way_back_armed: "The way back is armed",
    activated: "Activated",
    watching: "Watching what it started",
    healthy: "Healthy",
    confirm_wanted: "Waits for a person to confirm it",
    confirmed_by: "Confirmed",
    cancelled_by: "Cancelled",
    profile_set: "System profile set",
    boot_set: "Boot entry set",
    disarmed: "The way back is disarmed",
    carrying_out: "Carrying it out",
    taking_back: "Taking it back",
    booted: "The first boot into it",
};

/** A name the page has no word for is shown as it came, readable. */
export function plain(name: string): string {
    return name.replaceAll("_", " ");
}
