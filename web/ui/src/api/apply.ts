// The API, how an apply goes, and how it ended.

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
