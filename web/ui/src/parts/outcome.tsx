// How applying went: the steps as they come, how it ended and why, what taking back did not undo, and how to go on.
import type { Applying, Detail, HealthCheck, Outcome } from "../api/types.ts";
import { whyBack } from "../core/applying.ts";
import { localTimes } from "../core/time.ts";
import { brief } from "../core/untrusted.ts";
import { plain, STEPS } from "../core/words.ts";
import { Link } from "../core/router.tsx";
import { Icon } from "./icon.tsx";
import { Clock, StorePath, Text } from "./text.tsx";

const ENDS: Record<Outcome["outcome"], { word: string; good: boolean }> = {
    confirmed: { word: "Kept", good: true },
    rolled_back: { word: "Taken back", good: false },
    failed: { word: "Failed", good: false },
    refused: { word: "Refused", good: false },
};

function Steps({ apply }: { apply: Applying }) {
    const running = apply.outcome === null;
    return (
        <ol class="steps">
            {apply.steps.map((step, i) => {
                const last = running && i === apply.steps.length - 1;
                const back = step.step === "taking_back" || step.step === "cancelled_by";
                return (
                    <li data-step={step.step}>
                        <Icon name={last ? "turn" : back ? "back" : "check"} spin={last} />
                        <span>
                            <strong>{STEPS[step.step] ?? plain(step.step)}</strong>
                            {step.detail && <>: <Text of={localTimes(brief(step.detail))} /></>}
                        </span>
                        <Clock at={step.at} />
                    </li>
                );
            })}
        </ol>
    );
}

function Checks({ checks }: { checks: HealthCheck[] }) {
    return (
        <ul class="checks" aria-label="Health checks">
            {checks.map((check) => (
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
    );
}

function WhatNext({ detail, apply }: { detail: Detail; apply: Applying }) {
    const why = whyBack(apply);
    if (!why) return null;
    return (
        <>
            <h3>How to go on</h3>
            <ul class="plain">
                {why === "cancelled" && <li>Nothing is held against it: <Link to="/">ask for it again</Link> when it suits.</li>}
                {why === "unconfirmed" && (
                    <li>
                        Nobody confirmed in time. If you could not reach the machine, the change shut you out: look at
                        its effects on the network, SSH and the firewall below. If nobody was there to confirm, there can
                        be more time: <code>[apply] confirm_seconds</code>.
                    </li>
                )}
                {why === "unwell" && <li>Mend what is named above, and <Link to="/">ask for the change anew</Link>.</li>}
                {why !== "cancelled" && detail.toplevel && (
                    <li>
                        This very build is set aside and not applied again. If it was not at fault:{" "}
                        <code>sudo agentctl quarantine --lift <Text of={detail.toplevel} /></code>
                    </li>
                )}
                {why !== "cancelled" && (
                    <li>
                        After two taken back within a day the machine lets no change in, until{" "}
                        <code>sudo agentctl unfreeze</code>.
                    </li>
                )}
            </ul>
        </>
    );
}

function End({ detail, outcome }: { detail: Detail; outcome: Outcome }) {
    const { word, good } = ENDS[outcome.outcome];
    return (
        <>
            <p class={`note note-${good ? "good" : "bad"}`} data-outcome={outcome.outcome}>
                <Icon name={good ? "check" : outcome.outcome === "rolled_back" ? "back" : "octagon"} />
                <span>
                    <strong>{good && detail.kind === "act" ? "Done" : word}</strong>{outcome.reason && <>: <Text of={brief(outcome.reason)} /></>}
                </span>
            </p>
            {outcome.settled && (
                <p class="note note-warn">
                    <Icon name="info" />
                    <span>It was interrupted. agentd looked at the machine afterwards and brought it to this end.</span>
                </p>
            )}
            {outcome.running && <p class="muted">Runs now: <StorePath of={outcome.running} /></p>}
            {outcome.checks.length > 0 && <Checks checks={outcome.checks} />}
            {outcome.residue.length > 0 && (
                <>
                    <h3>{outcome.outcome === "rolled_back" ? "What taking it back does not undo" : "Left behind"}</h3>
                    <ul class="plain">{outcome.residue.map((line) => <li><Text of={line} /></li>)}</ul>
                </>
            )}
        </>
    );
}

export function ApplyView({ detail, apply }: { detail: Detail; apply: Applying }) {
    return (
        <>
            {apply.outcome && <End detail={detail} outcome={apply.outcome} />}
            <Steps apply={apply} />
            <WhatNext detail={detail} apply={apply} />
            {!apply.outcome && <p class="muted" role="status">Under way. This page follows it live.</p>}
        </>
    );
}
