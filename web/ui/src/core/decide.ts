// What a person may do with a proposal now, and if not, why not: in words, for the button to say.
import type { Detail } from "../api/types.ts";
import { PRESENCE, STATES, isOpen } from "./words.ts";

export interface Choice {
    why: string | null;
}

export interface Choices {
    approve: Choice;
    reject: Choice;
    apply: Choice;
    withdraw: Choice;
    verify: boolean;
}

type Method = "browser" | "passkey";
export type KeyState = "ready" | "missing" | "other" | "insecure" | "reading";

const KEY_WORDS: Record<Exclude<KeyState, "ready">, string> = {
    reading: "Looking for this browser's key.",
    missing: "This browser has no key and no passkey. Pair it: sudo agentctl web login",
    other: "This browser's key is not the one this session was paired with. Pair it again: sudo agentctl web login",
    insecure: "A browser signs only over HTTPS or on http://localhost.",
};

export function keyProblem(key: Exclude<KeyState, "ready">): string {
    return KEY_WORDS[key];
}

function whyNotApprove(detail: Detail, key: KeyState, method: Method): string | null {
    if (detail.blocked) return detail.blocked;
    switch (detail.state) {
    case "decided": break;
    case "drafted": case "checking": case "verified":
        return "It can be approved once it is tested and decided.";
    case "approved": return "It is approved already.";
    default: return STATES[detail.state].says;
    }
    const presence = detail.verdict?.presence ?? "browser";
    if (presence !== "none" && presence !== "browser" && method !== "passkey") {
        return `Policy asks for ${PRESENCE[presence]} here. In a terminal: agentctl approve ${detail.number}`;
    }
    if (!detail.statement_ready) return "The statement to sign is not ready yet.";
    return key === "ready" ? null : KEY_WORDS[key];
}

export function choices(detail: Detail, key: KeyState, method: Method = "browser"): Choices {
    const { state } = detail;
    return {
        approve: { why: whyNotApprove(detail, key, method) },
        reject: { why: state === "decided" ? null : "There is a decision to refuse once it is tested." },
        // `blocked` is about signing: of what is approved it says that there is nothing to sign any more.
        apply: { why: state === "approved" ? null : "It has to be approved first." },
        withdraw: {
            why: isOpen(state) && state !== "applying" ? null : "It is past being withdrawn.",
        },
        verify: state === "stale" || state === "expired" || state === "drafted",
    };
}
