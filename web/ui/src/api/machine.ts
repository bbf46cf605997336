// The API, the machine and the browser that looks at it.

export interface Session {
    paired: boolean;
    key_id: string | null;
    name: string | null;
    separation: boolean;
    host: string;
    /** For a browser that is not paired and holds a key: what to sign to come back. */
    challenge: string | null;
}

export type Severity = "info" | "warning" | "critical";

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

/** What one proposer may have done of one class of changes, and why. */
export interface Standing {
    proposer: { kind: string; id: string; binding: string };
    class: string;
    class_means: string;
    host_class: string;
    level: "revoked" | "ask" | "veto" | "auto";
    until: string | null;
    reasons: string[];
    missing: string[];
    suggested: string | null;
    bound: string;
}
