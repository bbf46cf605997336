// The API, a proposal, its evidence, its verdict and what is signed for it.
import type { Applying } from "./apply.ts";
import type { ChangedFile } from "./diff.ts";
import type { Disagreements, Effects, Explanation, HostChanges, LockedInputs, OptionChanges, Risk, SoFar, SwitchPlan } from "./effects.ts";
import type { Actor } from "./log.ts";

export type State =
    | "drafted" | "checking" | "verified" | "decided" | "approved" | "applying" | "confirmed"
    | "rolled_back" | "failed" | "refused" | "denied" | "withdrawn" | "superseded" | "lapsed"
    | "expired" | "stale";
export type Level = "forbid" | "observe" | "propose" | "approve" | "veto" | "auto";
export type PresenceNeeded = "none" | "browser" | "password" | "ssh" | "passkey";
export type EvidenceLevel = "intake" | "parse" | "evaluate" | "build" | "effects" | "checks" | "dry_activate" | "rehearsal" | "hosts";
export type EvidenceStatus = "passed" | "failed" | "cancelled" | "timed_out" | "limit" | "unjudged" | "not_tried";

/** What a proposal asks for: another system from the flake, something done to this one, or an earlier system. */
export type Kind = "change" | "act" | "rollback";

export interface Summary {
    id: string;
    number: number;
    kind: Kind;
    state: State;
    title: string;
    host: string;
    source: string;
    proposer: { id: string; kind: string };
    created: string;
    updated: string;
    level: Level | null;
    presence: PresenceNeeded | null;
    risk: Risk | null;
    headline: string;
    landed: boolean;
    outcome: string | null;
}

export interface Reason {
    rule: string;
    effect: "grant" | "cap" | "require" | "invariant" | "default";
    level: string | null;
    why: string;
    because: string;
}

export interface Verdict {
    schema: string;
    level: Level;
    presence: PresenceNeeded;
    reasons: Reason[];
    would_change: string[];
    policy_sha256: string;
}

export interface Evidence {
    schema: string;
    level: EvidenceLevel;
    status: EvidenceStatus;
    started: string;
    duration_ms: number;
    nix_ms: number;
    summary: string;
    log_blob: string | null;
    result_digest: string | null;
    env_digest: string | null;
}

export interface Refusal {
    stage: string;
    code: string;
    message: string;
    where: string | null;
    hint: string | null;
}

export interface HistoryLine {
    index: number;
    type: string;
    time: string;
    // A name, or the whole actor of the log entry.
    actor: string | Actor;
    text: string;
}

// landing.done carries commit and how; landing.refused carries reason and hint.
export interface Landing {
    branch: string;
    commit?: string | null;
    how?: string | null;
    reason?: string | null;
    hint?: string | null;
}

/** One wish of a goal: what came of it, and which hosts are made of the file it went into. */
export interface PlanStep {
    wish: string;
    changed: boolean;
    file: string;
    hosts: string[];
    how: string;
    /** Absent in an old entry, where nobody knows. */
    by_other_means?: boolean;
    notes: string[];
}

export interface PlanTold {
    hosts: "all" | string[] | null;
    steps: PlanStep[];
}

export interface Detail extends Summary {
    rationale: string;
    goal: string | null;
    observation: string | null;
    operations: unknown[] | null;
    /** Missing or null of what was not planned: a patch, an older proposal. */
    plan?: PlanTold | null;
    /** Null, as the commit and `drv` are, of what is no change. */
    base_commit: string | null;
    base_branch: string | null;
    candidate_commit: string | null;
    files: ChangedFile[];
    refusal: Refusal | null;
    evidence: Evidence[];
    warnings: string[];
    toplevel: string | null;
    drv: string | null;
    effects: Effects | null;
    /** Null as long as the effects are. */
    explanation: Explanation | null;
    /** Null of an act, and where it is not known what runs. */
    switch: SwitchPlan | null;
    /** Null of what is no change, until it is decided, and in older proposals. */
    options: OptionChanges | null;
    disagreement: Disagreements | null;
    /** Those of `warnings` that the base has not; null where that is not known. */
    new_warnings: string[] | null;
    /** Null where there is no other host, and until they are looked at. */
    inputs: LockedInputs | null;
    hosts: HostChanges | null;
    /** What is known while it is being evaluated: a hint, not proved. */
    so_far: SoFar | null;
    verdict: Verdict | null;
    approval: { approver: string; method: string; key_id: string; at: string } | null;
    agreement: {
        says: string;
        happens: { at: string; by: "policy" | "people" } | null;
    } | null;
    apply: Applying | null;
    landing: Landing | null;
    history: HistoryLine[];
    statement_ready: boolean;
    blocked: string | null;
    act: Record<string, string | number> | null;
    rollback: { to: string; generation: number | null } | null;
    /** Beside the effects: of a rollback what stays as it is, of an act what a dry run says. */
    notes: string[];
}

export interface StatementAnswer {
    statement: string;
    statement_sha256: string;
}

export interface Presence {
    method: "browser" | "passkey";
    key_id: string;
    signature: string;
    signed_digest: string;
}
