// Where an apply stands, read off its steps: what is under way, and what a person may still do.
import type { Applying } from "../api/types.ts";

export type Phase = "switching" | "waiting" | "keeping" | "taking_back" | "over";

/** After one of these it is being made to last, and the helper takes no cancel any more. */
const LASTING: ReadonlySet<string> = new Set(["confirmed_by", "profile_set", "boot_set", "disarmed"]);
const BACK: ReadonlySet<string> = new Set(["taking_back", "cancelled_by"]);

export function phase(apply: Applying | null): Phase {
    if (!apply) return "switching";
    if (apply.outcome) return "over";
    const names = apply.steps.map(({ step }) => step);
    if (names.some((name) => BACK.has(name))) return "taking_back";
    if (apply.confirm) return "waiting";
    return names.some((name) => LASTING.has(name)) ? "keeping" : "switching";
}

export function detailOf(apply: Applying, step: string): string | null {
    return apply.steps.findLast((one) => one.step === step)?.detail ?? null;
}

/** Why it was taken back, as far as the steps tell; null when it was not. */
export function whyBack(apply: Applying): "cancelled" | "unconfirmed" | "unwell" | null {
    if (apply.outcome?.outcome !== "rolled_back") return null;
    const has = (name: string) => apply.steps.some(({ step }) => step === name);
    if (has("cancelled_by")) return "cancelled";
    return has("confirm_wanted") && !has("confirmed_by") ? "unconfirmed" : "unwell";
}
