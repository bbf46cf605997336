// The values of the HTTP API, as docs/contracts.md defines them. Nothing else in the page says what
// the daemon sends: a change of the contract is a change of this file.

export type State =
    | "drafted" | "checking" | "verified" | "decided" | "approved" | "applying" | "confirmed"
    | "rolled_back" | "failed" | "refused" | "denied" | "withdrawn" | "superseded" | "lapsed"
    | "expired" | "stale";

export type Risk = "none" | "low" | "notice" | "high" | "critical";
export type Level = "forbid" | "propose" | "approve" | "veto" | "auto";
export type PresenceNeeded = "none" | "browser" | "password" | "ssh" | "passkey";
export type EvidenceLevel = "intake" | "evaluate" | "build" | "effects" | "dry_activate";
export type EvidenceStatus = "passed" | "failed" | "cancelled" | "timed_out" | "limit";
/** What a proposal asks for: another system from the flake, something done to this one, or an earlier system. */
export type Kind = "change" | "act" | "rollback";
export type Severity = "info" | "warning" | "critical";

export interface Session {
    paired: boolean;
    key_id: string | null;
    name: string | null;
    separation: boolean;
    host: string;
    /** For a browser that is not paired and holds a key: what to sign to come back. */
    challenge: string | null;
}

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

export interface Effect {
    area: string;
    kind: string;
    subject: string;
    before: string | null;
    after: string | null;
    risk: Risk;
    sentence: string;
}

export interface Effects {
    schema: string;
    from: string;
    to: string;
    effects: Effect[];
    closure: {
        paths_added: number;
        paths_removed: number;
        bytes_before: number;
        bytes_after: number;
    };
    reboot_needed: boolean;
    truncated: boolean;
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

export interface HealthCheck {
    name: string;
    ok: boolean;
    detail: string;
}

export interface Outcome {
    outcome: "confirmed" | "rolled_back" | "failed" | "refused";
    reason: string;
    from: string | null;
    to: string | null;
    running: string | null;
    checks: HealthCheck[];
    residue: string[];
    settled: boolean;
}

/** What runs is taken back at `until` unless an approver signs `nonce` over a connection begun after `since`. */
export interface Confirm {
    nonce: string;
    since: string;
    until: string;
    because: string;
}

export interface Step {
    step: string;
    detail: string;
    at: string;
}

export interface Applying {
    intent_at: string;
    /** When the way back is taken if everything that runs agentd dies. */
    deadline: string | null;
    steps: Step[];
    confirm: Confirm | null;
    outcome: Outcome | null;
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

/** Where what a sentence tells was written down. */
export interface Place {
    file: string;
    line: number | null;
    /** `file` is in the built system, not in the flake. */
    built: boolean;
}

export interface Sentence {
    risk: Risk;
    text: string;
    /** Positions in the list of the effects. */
    facts: number[];
    place: Place | null;
}

/** A claim of the proposer's that the effects do not bear out. */
export interface Doubt {
    claim: string;
    text: string;
    facts: number[];
}

export interface Explanation {
    headline: string;
    doubts: Doubt[];
    sentences: Sentence[];
}

/** What a switch would do to the units that ran when it was tested. */
export interface SwitchPlan {
    stop: string[];
    restart: string[];
    reload: string[];
    start: string[];
    keep: string[];
    goes_on: string[];
    restarts_manager: boolean;
    /** The same in words, as the terminal says it. */
    lines: string[];
}

export interface OptionChange {
    name: string;
    before: string | null;
    after: string | null;
    /** Of a list: the elements that came and went. */
    added: string[];
    removed: string[];
    secret: boolean;
    file: string | null;
    line: number | null;
    /** Of the definition, where it is none of the usual. */
    priority: number | null;
}

export interface OptionChanges {
    changes: OptionChange[];
    more: boolean;
    /** Empty when both sides could be read. */
    trouble: string;
}

export interface Detail extends Summary {
    rationale: string;
    goal: string | null;
    observation: string | null;
    operations: unknown[] | null;
    /** Null, as the commit and `drv` are, of what is no change. */
    base_commit: string | null;
    base_branch: string | null;
    candidate_commit: string | null;
    files: { path: string; change: string }[];
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
    verdict: Verdict | null;
    approval: { approver: string; method: string; key_id: string; at: string } | null;
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

export interface Mark {
    column: number;
    code_point: number | string;
}

export interface DiffLine {
    kind: " " | "+" | "-";
    old: number | null;
    new: number | null;
    text: string;
    marks: Mark[];
}

export interface Hunk {
    old_start: number;
    old_lines: number;
    new_start: number;
    new_lines: number;
    lines: DiffLine[];
}

export interface DiffFile {
    path: string;
    old_path: string | null;
    change: "added" | "removed" | "modified";
    hunks: Hunk[];
}

export interface Observation {
    key: string;
    kind: string;
    title: string;
    detail: string;
    severity: Severity;
    opened: string;
    changed: string;
    resolved: string | null;
    remedy: string | null;
    trusted: boolean;
}

/** One thing of the machine, whose it is, and how it is. */
export interface Fact {
    name: string;
    owner: string;
    state: "good" | "amiss" | "unknown";
    text: string;
}

export interface Generation {
    number: number;
    path: string;
    made: string;
    running: boolean;
    booted: boolean;
    profile: boolean;
    /** agentd applied it here and found it healthy. */
    confirmed: boolean;
    /** Began to run without an apply of agentd's, and was taken into the log afterwards. */
    by_hand: boolean;
}

/** A system that began to run, or was made the next boot's, without agentd. */
export interface Adopted {
    entry: number;
    from: string | null;
    to: string;
    headline: string;
    by: "hand" | "boot";
    at: string;
}

export interface Status {
    host: string;
    version: string;
    separation: boolean;
    machine: {
        running: string;
        booted: string;
        profile: string;
        head: { branch: string; commit: string; toplevel: string | null };
        running_is_head: "yes" | "no" | "unknown";
    };
    units: { total: number; failed: string[] };
    observations: Observation[];
    proposals: { open: number; waiting: number; applied: number };
    /** Set while nothing is applied; a machine from before does not say. */
    frozen?: { since: string; because: string } | null;
    log: { size: number; root: string; verified: boolean | null };
    nix: { version: string };
    useful: { number: number; id: string; title: string; headline: string } | null;
    parts: { name: string; ok: boolean; detail: string }[];
    seen: string;
    facts: Fact[];
    /** The last that are over, newest first. */
    resolved: Observation[];
    adopted: Adopted[];
}

export interface Actor {
    id: string;
    kind: string;
    uid?: number;
}

export interface Entry {
    actor: Actor;
    body: Record<string, unknown>;
    boot_id: string;
    cause: string | null;
    id: string;
    mono_us: number;
    schema: string;
    subject: string;
    time: string;
    type: string;
}

export interface IndexedEntry {
    index: number;
    entry: Entry;
}

export interface AuditPage {
    size: number;
    entries: IndexedEntry[];
}

export interface AuditVerdict {
    ok: boolean;
    size: number;
    root: string;
    problem: { entry: number | null; offset: number | null; message: string } | null;
}

export interface StatementAnswer {
    statement: string;
    statement_sha256: string;
}

export interface Presence {
    method: "browser";
    key_id: string;
    signature: string;
    signed_digest: string;
}

// Server-sent events.
export interface EntryEvent {
    index: number;
    type: string;
    subject: string;
    time: string;
}

export interface LogEvent {
    proposal: string;
    level: EvidenceLevel;
    seq: number;
    lines: string[];
}
