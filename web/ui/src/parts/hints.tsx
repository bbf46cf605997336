// What is told beside the proof: other hosts of the flake, and what is known before an evaluation is done.
import type { HostChanges, InputNews, LockedInput, LockedInputs, SoFar } from "../api/types.ts";
import { OptionsView } from "./options.tsx";
import { Text } from "./text.tsx";

export function HostsView({ hosts }: { hosts: HostChanges }) {
    if (hosts.sentences.length === 0) return <p class="muted">None of them changes.</p>;
    return <ul class="plain">{hosts.sentences.map((line) => <li><Text of={line} /></li>)}</ul>;
}

function News({ of }: { of: InputNews }) {
    return (
        <p>
            <Text of={of.text} />
            {of.compare !== "" && <> <span class="muted"><Text of={of.compare} /></span></>}
        </p>
    );
}

function Moved({ input, news }: { input: LockedInput; news: InputNews[] }) {
    const now = input.revision || input.hash;
    return (
        <li>
            <p>
                <span class="muted">{input.change}:</span> <strong><Text of={input.name} /></strong>{" "}
                {input.change === "changed" && <><code><Text of={input.before} /></code> → </>}
                <code><Text of={now} /></code> <span class="muted"><Text of={input.origin} /></span>
            </p>
            {news.map((one) => <News of={one} />)}
        </li>
    );
}

/** What is locked may be read or not: only that it is locked is known. */
export function InputsView({ locked }: { locked: LockedInputs }) {
    const others = locked.inputs.filter((input) => input.change !== "same");
    const same = locked.inputs.length - others.length;
    const news = locked.news ?? [];
    return (
        <>
            {locked.trouble !== "" && <p>Not known: <Text of={locked.trouble} /></p>}
            <ul class="inputs">
                {others.map((input) => (
                    <Moved input={input} news={news.filter(({ name }) => name === input.name)} />
                ))}
            </ul>
            {news.filter(({ name }) => !others.some((input) => input.name === name)).map((one) => <News of={one} />)}
            {same > 0 && <p class="muted">{same === 1 ? "1 input" : `${same} inputs`} as before.</p>}
            {locked.more && <p class="muted">There are more than are listed.</p>}
        </>
    );
}

/** Without the base beside it a fact says nothing: then they are not listed. */
export function SoFarView({ soFar }: { soFar: SoFar }) {
    const facts = soFar.compared ? soFar.facts : [];
    return (
        <>
            <p class="muted">
                Not proved yet: it is still being tested, and only what is built counts.
                {!soFar.compared && " What it was before is not known yet."}
                {soFar.compared && facts.length === 0 && " None of the facts that are looked at first changes."}
            </p>
            {facts.length > 0 && (
                <ul class="plain">
                    {facts.map((fact) => (
                        <li>
                            <Text of={fact.says} />: <Text of={fact.before ?? "not known"} /> →{" "}
                            <Text of={fact.after ?? "not known"} />
                        </li>
                    ))}
                </ul>
            )}
            {soFar.options && soFar.options.changes.length > 0 && <OptionsView options={soFar.options} />}
            {soFar.warnings.length > 0 && (
                <ul class="plain">{soFar.warnings.map((line) => <li>Warning: <Text of={line} /></li>)}</ul>
            )}
        </>
    );
}
