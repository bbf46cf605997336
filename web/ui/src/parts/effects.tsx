// "What changes on this machine": facts first, the dangerous ones loudest.
import type { Effect, Effects, Kind, Risk } from "../api/types.ts";
import { countByRisk, type Group, groups } from "../core/effects.ts";
import { bytes, signedBytes } from "../core/time.ts";
import { brief } from "../core/untrusted.ts";
import { KINDS, plain, RISKS } from "../core/words.ts";
import { RiskBadge, RiskIcon } from "./badge.tsx";
import { Icon } from "./icon.tsx";
import { Text } from "./text.tsx";

const FOLD_ABOVE = 6;

function Value({ of, word }: { of: string | null; word: string }) {
    if (of === null) return <span class="absent">{word}</span>;
    return <code><Text of={of} /></code>;
}

function Line({ effect }: { effect: Effect }) {
    const changed = effect.before !== null || effect.after !== null;
    return (
        <li class={`effect effect-${effect.risk}`} data-risk={effect.risk} data-kind={effect.kind}>
            <RiskIcon risk={effect.risk} />
            <div class="effect-body">
                <p class="effect-sentence"><Text of={effect.sentence} /></p>
                <p class="effect-facts">
                    <span class="effect-kind">{plain(effect.kind)}</span>
                    <code class="effect-subject"><Text of={effect.subject} /></code>
                    {changed && (
                        <span class="change">
                            <Value of={effect.before} word="absent" />
                            <Icon name="arrow" />
                            <span class="hidden">becomes</span>
                            <Value of={effect.after} word="absent" />
                        </span>
                    )}
                </p>
            </div>
        </li>
    );
}

function quiet(effect: Effect): boolean {
    return RISKS[effect.risk].rank <= RISKS.low.rank;
}

function GroupBlock({ group }: { group: Group }) {
    const calm = group.effects.filter(quiet);
    const fold = calm.length > FOLD_ABOVE;
    const shown = fold ? group.effects.filter((effect) => !quiet(effect)) : group.effects;
    return (
        <section class={`group group-${group.risk}`}>
            <h3>
                {group.title}
                <span class="count">{group.effects.length}</span>
            </h3>
            {group.area === "unclassified" && (
                <p class="group-note">
                    Nothing in agentd knows what these do. They are not harmless because they are
                    unknown: look at the diff before you decide.
                </p>
            )}
            {shown.length > 0 && <ul class="effects">{shown.map((e) => <Line effect={e} />)}</ul>}
            {fold && (
                <details class="more">
                    <summary>{calm.length} of low or no risk</summary>
                    <ul class="effects">{calm.map((e) => <Line effect={e} />)}</ul>
                </details>
            )}
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

export function RiskCounts({ effects }: { effects: Effect[] }) {
    return (
        <ul class="risk-counts" aria-label="Effects by risk">
            {countByRisk(effects).map(({ risk, count }: { risk: Risk; count: number }) => (
                <li><strong>{count}</strong> <RiskBadge risk={risk} /></li>
            ))}
        </ul>
    );
}

/** What carries no risk at all (the name of the commit, say) stands below, where there is anything else. */
function WithoutRisk({ effects }: { effects: Effect[] }) {
    return (
        <details class="more">
            <summary>{effects.length} without risk</summary>
            <ul class="effects">{effects.map((e) => <Line effect={e} />)}</ul>
        </details>
    );
}

export function EffectsView({ effects, kind, notes }: { effects: Effects; kind: Kind; notes: string[] }) {
    const risky = effects.effects.filter(({ risk }) => risk !== "none");
    const harmless = effects.effects.filter(({ risk }) => risk === "none");
    const split = risky.length > 0 && harmless.length > 0;
    return (
        <>
            {effects.effects.length > 0
                ? <RiskCounts effects={effects.effects} />
                : <p>{KINDS[kind].nothing}</p>}
            {effects.truncated && (
                <p class="note note-bad">
                    <Icon name="octagon" /> There are more effects than are listed here. Treat this
                    change as not fully known.
                </p>
            )}
            {groups(split ? risky : effects.effects).map((group) => <GroupBlock group={group} />)}
            {split && <WithoutRisk effects={harmless} />}
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
