// What a change does to the merged configuration, as far as the changed files speak of it.
import type { OptionChange, OptionChanges } from "../api/types.ts";
import { Text } from "./text.tsx";

function Values({ of }: { of: OptionChange }) {
    if (of.secret) return <p class="muted">Changes. It looks like a secret, so it is not shown.</p>;
    if (of.added.length > 0 || of.removed.length > 0) {
        return (
            <>
                {of.removed.map((line) => <p class="option-value"><del><code><Text of={line} /></code></del></p>)}
                {of.added.map((line) => <p class="option-value"><ins><code><Text of={line} /></code></ins></p>)}
            </>
        );
    }
    return (
        <>
            {of.before !== null && <p class="option-value"><del><code><Text of={of.before} /></code></del></p>}
            {of.after !== null
                ? <p class="option-value"><ins><code><Text of={of.after} /></code></ins></p>
                : <p class="muted">No longer set.</p>}
        </>
    );
}

function Row({ of }: { of: OptionChange }) {
    return (
        <li class="option">
            <p class="option-name"><code><Text of={of.name} /></code></p>
            <Values of={of} />
            {of.file !== null && (
                <p class="muted"><Text of={of.file} />{of.line !== null && `, line ${of.line}`}</p>
            )}
        </li>
    );
}

export function OptionsView({ options }: { options: OptionChanges }) {
    if (options.trouble !== "") return <p class="muted">Not known: <Text of={options.trouble} />.</p>;
    if (options.changes.length === 0) return <p class="muted">None that the changed files speak of.</p>;
    return (
        <>
            <ul class="options">{options.changes.map((one) => <Row of={one} />)}</ul>
            {options.more && <p class="muted">There are more than are listed here.</p>}
        </>
    );
}
