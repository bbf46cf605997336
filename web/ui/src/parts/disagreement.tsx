// Where options and built system say different things: a warning of its own.
import type { Disagreements } from "../api/types.ts";
import { Icon } from "./icon.tsx";
import { Text } from "./text.tsx";

export function DisagreementView({ of }: { of: Disagreements | null }) {
    if (!of || (of.items.length === 0 && of.not_compared.length === 0 && of.trouble === "")) return null;
    return (
        <div class="note note-bad" data-disagreement={of.items.length}>
            <Icon name="triangle" />
            <div>
                <p><strong>{of.items.length > 0 ? "Options and built system do not say the same"
                    : "Options and built system were not held against each other everywhere"}</strong></p>
                <ul class="plain">
                    {of.items.map((one) => <li><Text of={one.text} />.</li>)}
                    {of.more && <li>There are more than are listed here.</li>}
                    {of.not_compared.map((topic) => <li>Not compared, though it changes: <Text of={topic} />.</li>)}
                    {of.trouble !== "" && <li>Not compared: <Text of={of.trouble} />.</li>}
                </ul>
            </div>
        </div>
    );
}
