// "What changes on this machine": sentences by risk, each with its facts and where it comes from.
import type { Effect, Effects, Explanation, Kind, Place, Risk, SwitchPlan } from "../api/types.ts";
import { type Section, sections, type Told } from "../core/effects.ts";
import { bytes, signedBytes } from "../core/time.ts";
import { brief } from "../core/untrusted.ts";
import { AREAS, KINDS, plain, RISKS } from "../core/words.ts";
import { RiskBadge, RiskIcon } from "./badge.tsx";
import { Icon } from "./icon.tsx";
import { SwitchView } from "./switch.tsx";
import { Text } from "./text.tsx";

const FOLD_ABOVE = 6;

function Value({ of }: { of: string | null }) {
    if (of === null) return <span class="absent">absent</span>;
    return <code><Text of={of} /></code>;
}

function Fact({ of }: { of: Effect }) {
    const changed = of.before !== null || of.after !== null;
    return (
        <p class="effect-facts" data-kind={of.kind}>
            <span class="effect-kind">{AREAS[of.area] ?? plain(of.area)}, {plain(of.kind)}</span>
            <code class="effect-subject"><Text of={of.subject} /></code>
            {changed && (
                <span class="change">
                    <Value of={of.before} />
                    <Icon name="arrow" />
                    <span class="hidden">becomes</span>
                    <Value of={of.after} />
                </span>
            )}
        </p>
    );
}

/** Of several, each with its own words: the sentence above is what they come to. */
function Facts({ of }: { of: Effect[] }) {
    const [first] = of;
    if (of.length === 1 && first) return <Fact of={first} />;
    return (
        <details class="more effect-more">
            <summary>The {of.length} facts</summary>
            <ul class="facts-list">
                {of.map((fact) => (
                    <li>
                        <p><RiskIcon risk={fact.risk} /> <Text of={fact.sentence} /></p>
                        <Fact of={fact} />
                    </li>
                ))}
            </ul>
        </details>
    );
}

function From({ place }: { place: Place }) {
    return (
        <p class="effect-place">
            {place.built ? "Seen in the built system: " : "From "}
            <code><Text of={place.file} /></code>{place.line !== null && `, line ${place.line}`}
        </p>
    );
}

function Line({ told }: { told: Told }) {
    return (
        <li class={`effect effect-${told.risk}`} data-risk={told.risk}>
            <RiskIcon risk={told.risk} />
            <div class="effect-body">
                <p class="effect-sentence"><Text of={told.text} /></p>
                <Facts of={told.facts} />
                {told.place && <From place={told.place} />}
            </div>
        </li>
    );
}

const UNKNOWN = "unclassified";

/** What is of low or no risk is a click away where there is much of it, or something graver to read first. */
function SectionBlock({ section, first }: { section: Section; first: boolean }) {
    const { risk, sentences } = section;
    const quiet = risk === "none" ? !first : risk === "low" && sentences.length > FOLD_ABOVE;
    const list = <ul class="effects">{sentences.map((told) => <Line told={told} />)}</ul>;
    return (
        <section class={`group group-${risk}`}>
            <h3>{RISKS[risk].word}<span class="count">{sentences.length}</span></h3>
            {sentences.some(({ facts }) => facts.some(({ area }) => area === UNKNOWN)) && (
                <p class="group-note">
                    Some of this is not understood: nothing in agentd knows what it does. It is not harmless
                    because it is unknown: look at the diff before you decide.
                </p>
            )}
            {quiet ? <details class="more"><summary>Show {sentences.length} of {risk === "none" ? "no" : "low"} risk</summary>{list}</details> : list}
        </section>
    );
}

export function Closure({ effects }: { effects: Effects }) {
    const { paths_added, paths_removed, bytes_before, bytes_after } = effects.closure;
    return (
        <dl class="figures">
            <div>
                <dt>Size of the system</dt>
                <dd>
                    {bytes(bytes_before)} <Icon name="arrow" /><span class="hidden">becomes</span>
                    {" "}{bytes(bytes_after)} <small>({signedBytes(bytes_after - bytes_before)})</small>
                </dd>
            </div>
            <div><dt>Store paths</dt><dd>+{paths_added} −{paths_removed}</dd></div>
            <div>
                <dt>Restart of the machine</dt>
                <dd>{effects.reboot_needed ? "Needed to take full effect" : "Not needed"}</dd>
            </div>
        </dl>
    );
}

/** How many facts there are of each risk: a sentence may tell of many. */
export function RiskCounts({ of }: { of: Effect[] }) {
    const counts = (Object.keys(RISKS) as Risk[])
        .map((risk) => ({ risk, count: of.filter((fact) => fact.risk === risk).length }))
        .filter(({ count }) => count > 0);
    return (
        <ul class="risk-counts" aria-label="What changes, by risk">
            {counts.map(({ risk, count }) => <li><strong>{count}</strong> <RiskBadge risk={risk} /></li>)}
        </ul>
    );
}

export function EffectsView({ effects, explanation, plan, kind, notes }: {
    effects: Effects; explanation: Explanation | null; plan: SwitchPlan | null; kind: Kind; notes: string[];
}) {
    const all = sections(effects, explanation);
    return (
        <>
            {all.length > 0 ? <RiskCounts of={effects.effects} /> : <p>{KINDS[kind].nothing}</p>}
            {effects.truncated && (
                <p class="note note-bad">
                    <Icon name="octagon" /> There are more effects than are listed here. Treat this
                    change as not fully known.
                </p>
            )}
            {all.map((section, at) => <SectionBlock section={section} first={at === 0} />)}
            {/* An act switches nothing. */}
            {kind !== "act" && <SwitchView plan={plan} />}
            {notes.length > 0 && (
                <section class="group">
                    <h3>{KINDS[kind].notes}</h3>
                    <ul class="plain">{notes.map((line) => <li><Text of={brief(line)} /></li>)}</ul>
                </section>
            )}
            {/* An act makes no other system: there is nothing to compare. */}
            {kind !== "act" && <Closure effects={effects} />}
        </>
    );
}
