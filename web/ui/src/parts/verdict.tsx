import type { Detail, Reason } from "../api/types.ts";
import { LEVELS, PRESENCE } from "../core/words.ts";
import { Text } from "./text.tsx";

const EFFECTS: Record<Reason["effect"], string> = {
    grant: "grants", cap: "caps", require: "requires", invariant: "never bends", default: "default",
};

function levelWord(level: string): string {
    return (LEVELS as Record<string, string>)[level] ?? level;
}

export function VerdictView({ detail }: { detail: Detail }) {
    const { verdict } = detail;
    if (!verdict) {
        return (
            <p class="muted">
                {detail.refusal ? "It was not asked: the change was refused before." : "The policy decides once the change is built."}
            </p>
        );
    }
    return (
        <>
            <p class="verdict">
                <strong>{LEVELS[verdict.level]}</strong>
                {verdict.level === "approve" && <>, with {PRESENCE[verdict.presence]}</>}.
            </p>
            <ul class="reasons">
                {verdict.reasons.map((reason) => (
                    <li>
                        <p><Text of={reason.why} /></p>
                        <p class="reason-facts">
                            <span class={`rule rule-${reason.effect}`}>{EFFECTS[reason.effect]}</span>
                            <code><Text of={reason.rule} /></code>
                            {reason.level && <span>{levelWord(reason.level)}</span>}
                        </p>
                        {reason.because && <p class="muted">Because: <Text of={reason.because} /></p>}
                    </li>
                ))}
            </ul>
            {verdict.would_change.length > 0 && (
                <>
                    <h3>What would change this</h3>
                    <ul class="plain">
                        {verdict.would_change.map((line) => <li><Text of={line} /></li>)}
                    </ul>
                </>
            )}
        </>
    );
}
