// What a change does to the merged configuration, as far as the changed files speak of it.
import type { OptionChange, OptionChanges } from "../api/types.ts";
import { Text } from "./text.tsx";

function Gone({ text }: { text: string }) {
    return (
        <p class="option-value option-gone">
            <del><span class="hidden">no longer </span><code><Text of={text} /></code></del>
        </p>
    );
}

function Came({ text }: { text: string }) {
    return (
        <p class="option-value">
            <ins><span class="hidden">now </span><code><Text of={text} /></code></ins>
        </p>
    );
}

function Values({ of }: { of: OptionChange }) {
    if (of.secret) return <p class="muted">Changes. It looks like a secret, so it is not shown.</p>;
    if (of.added.length > 0 || of.removed.length > 0) {
        return (
            <>
                {of.removed.map((text) => <Gone text={text} />)}
                {of.added.map((text) => <Came text={text} />)}
            </>
        );
    }
    if (of.before !== null && of.before === of.after) return <p class="muted">Changes in what is inside it.</p>;
    return (
        <>
            {of.before !== null && <Gone text={of.before} />}
            {of.after !== null ? <Came text={of.after} /> : <p class="muted">No longer set.</p>}
        </>
    );
}

function From({ of }: { of: OptionChange }) {
    if (of.file === null) return null;
    return (
        <p class="option-from">
            From <code><Text of={of.file} /></code>{of.line !== null && `, line ${of.line}`}
            {of.priority !== null && `, with priority ${of.priority}${of.priority === 50 ? " (mkForce)" : ""}`}
        </p>
    );
}

export function OptionsView({ options }: { options: OptionChanges }) {
    if (options.trouble !== "") return <p class="muted">Not known: <Text of={options.trouble} />.</p>;
    if (options.changes.length === 0) return <p class="muted">None that the changed files speak of.</p>;
    return (
        <>
            <ul class="options">
                {options.changes.map((one) => (
                    <li class="option">
                        <h3 class="option-name"><Text of={one.name} /></h3>
                        <Values of={one} />
                        <From of={one} />
                    </li>
                ))}
            </ul>
            {options.more && <p class="muted">There are more than are listed here.</p>}
        </>
    );
}
