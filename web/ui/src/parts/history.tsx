// What happened to the proposal, from the log, and how applying it went.
import type { Applying, Detail, HistoryLine, Landing } from "../api/types.ts";
import { brief } from "../core/untrusted.ts";
import { plain, STEPS } from "../core/words.ts";
import { Link } from "../core/router.tsx";
import { Icon } from "./icon.tsx";
import { Clock, StorePath, Text, Time } from "./text.tsx";

function actorName(actor: HistoryLine["actor"]): string {
    return typeof actor === "string" ? actor : actor.id;
}

export function History({ lines }: { lines: HistoryLine[] }) {
    if (lines.length === 0) return <p class="muted">Nothing yet.</p>;
    return (
        <ol class="timeline">
            {lines.map((line) => (
                <li>
                    <p><Text of={brief(line.text)} /></p>
                    <p class="timeline-facts">
                        <span><Text of={actorName(line.actor)} /></span>
                        <Time at={line.time} />
                        <Link to={`/audit?at=${line.index}`}>entry {line.index}</Link>
                    </p>
                </li>
            ))}
        </ol>
    );
}

function Checks({ apply }: { apply: Applying }) {
    const { outcome } = apply;
    if (!outcome) return null;
    return (
        <>
            <p class={`note note-${outcome.outcome === "confirmed" ? "good" : "bad"}`} data-outcome={outcome.outcome}>
                <Icon name={outcome.outcome === "confirmed" ? "check" : "octagon"} />
                <span>
                    <strong class="capital">{plain(outcome.outcome)}</strong>
                    {outcome.reason && <>: <Text of={outcome.reason} /></>}
                </span>
            </p>
            {outcome.settled && (
                <p class="note note-warn">
                    <Icon name="info" />
                    <span>It was interrupted. agentd looked at the machine afterwards and brought it to this end.</span>
                </p>
            )}
            {outcome.checks.length > 0 && (
                <ul class="checks" aria-label="Health checks">
                    {outcome.checks.map((check) => (
                        <li class={check.ok ? "ok" : "not-ok"}>
                            <Icon name={check.ok ? "check" : "cross"} />
                            <span>
                                <strong><Text of={check.name} /></strong>
                                <span class="hidden">{check.ok ? " passed" : " failed"}</span>
                                {check.detail && <>: <Text of={check.detail} /></>}
                            </span>
                        </li>
                    ))}
                </ul>
            )}
            {outcome.running && <p class="muted">Runs now: <StorePath of={outcome.running} /></p>}
            {outcome.residue.length > 0 && (
                <>
                    <h3>Left behind</h3>
                    <ul class="plain">{outcome.residue.map((line) => <li><Text of={line} /></li>)}</ul>
                </>
            )}
        </>
    );
}

export function ApplyView({ apply }: { apply: Applying }) {
    const running = apply.outcome === null;
    return (
        <>
            <ol class="steps">
                {apply.steps.map((step, i) => {
                    const last = running && i === apply.steps.length - 1;
                    return (
                        <li>
                            <Icon name={last ? "turn" : step.step === "taking_back" ? "back" : "check"} spin={last} />
                            <span>
                                <strong>{STEPS[step.step] ?? plain(step.step)}</strong>
                                {step.detail && <>: <Text of={brief(step.detail)} /></>}
                            </span>
                            <Clock at={step.at} />
                        </li>
                    );
                })}
            </ol>
            {running && <p class="muted" role="status">Applying. This page follows it live.</p>}
            <Checks apply={apply} />
        </>
    );
}

export function LandingView({ detail, landing }: { detail: Detail; landing: Landing }) {
    if (detail.landed) {
        return (
            <p class="note note-good">
                <Icon name="check" />
                <span>
                    Landed on <code><Text of={landing.branch} /></code>
                    {landing.how && <> by <Text of={landing.how} /></>}
                    {landing.commit && <> as <code>{landing.commit.slice(0, 12)}</code></>}.
                </span>
            </p>
        );
    }
    return (
        <p class="note note-warn">
            <Icon name="info" />
            <span>
                Not on <code><Text of={landing.branch} /></code>
                {landing.reason ? <>: <Text of={landing.reason} /></> : " yet"}.{" "}
                {landing.hint ? <Text of={landing.hint} /> : <>Run <code>agentctl pull</code> in your clone.</>}
            </span>
        </p>
    );
}
