// What the machine noticed: each with its life, its weight, whose words they are, and what could be done.
import type { Observation } from "../api/types.ts";
import { type Tone } from "../core/words.ts";
import { ToneBadge } from "./badge.tsx";
import type { IconName } from "./icon.tsx";
import { Text, Time } from "./text.tsx";

const SEVERITIES: Record<Observation["severity"], { word: string; tone: Tone; icon: IconName; rank: number }> = {
    critical: { word: "Critical", tone: "bad", icon: "octagon", rank: 0 },
    warning: { word: "Warning", tone: "warn", icon: "triangle", rank: 1 },
    info: { word: "Note", tone: "calm", icon: "info", rank: 2 },
};

function Life({ of }: { of: Observation }) {
    const changed = of.changed !== of.opened && of.changed !== of.resolved;
    return (
        <p class="muted">
            Seen <Time at={of.opened} />
            {changed && <>, changed <Time at={of.changed} /></>}
            {of.resolved && <>, over <Time at={of.resolved} /></>}
        </p>
    );
}

function Remedy({ of }: { of: Observation }) {
    if (of.resolved) return null;
    if (!of.remedy) return <p class="muted">No remedy known.</p>;
    // The daemon says so itself where it knows nothing better than where to look.
    const none = /^no remedy known\b/.test(of.remedy);
    return <p>{none ? <Text of={`N${of.remedy.slice(1)}`} /> : <>What could be done: <Text of={of.remedy} /></>}</p>;
}

function Observed({ of }: { of: Observation }) {
    const { word, tone, icon } = SEVERITIES[of.severity];
    return (
        <li class="observed" data-severity={of.severity} data-kind={of.kind}>
            {of.resolved
                ? <ToneBadge tone="quiet" icon="check" word="Over" />
                : <ToneBadge tone={tone} icon={icon} word={word} />}
            <div>
                <h3><Text of={of.title} /></h3>
                {of.detail && <p class={of.trusted ? "" : "quoted"}><Text of={of.detail} /></p>}
                {!of.trusted && <p class="muted">These words come from a program on the machine, not from agentd.</p>}
                <Remedy of={of} />
                <Life of={of} />
            </div>
        </li>
    );
}

const byWeight = (a: Observation, b: Observation) =>
    SEVERITIES[a.severity].rank - SEVERITIES[b.severity].rank || b.opened.localeCompare(a.opened);

export function Observations({ open, over }: { open: Observation[]; over: Observation[] }) {
    return (
        <section class="section" aria-labelledby="observed">
            <h2 id="observed">What it sees <span class="count">{open.length}</span></h2>
            {open.length === 0
                ? <p class="muted">Nothing out of order. What the machine notices appears here; to look now: <code>agentctl observe</code></p>
                : <ul class="observeds">{open.toSorted(byWeight).map((one) => <Observed key={one.key} of={one} />)}</ul>}
            {over.length > 0 && (
                <details class="more">
                    <summary>{over.length} that {over.length === 1 ? "is" : "are"} over</summary>
                    <ul class="observeds">{over.map((one) => <Observed key={one.key + one.opened} of={one} />)}</ul>
                </details>
            )}
        </section>
    );
}
