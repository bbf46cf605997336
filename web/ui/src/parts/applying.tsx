// While it is being applied: what is under way, how long until it is taken back, and the two things a
// person can do about that. It says what it knows also when the machine is not reached any more.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { daemonNow, send } from "../api/client.ts";
import type { Applying, Confirm, Detail, Kind } from "../api/types.ts";
import { detailOf, phase } from "../core/applying.ts";
import { keepIt } from "../core/confirm.ts";
import { type KeyState, keyProblem } from "../core/decide.ts";
import { useAction, useNow } from "../core/hooks.ts";
import type { BrowserKey } from "../core/key.ts";
import { useKey } from "../core/session.ts";
import { clock, countdown } from "../core/time.ts";
import { plain, STATES, STEPS } from "../core/words.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icon.tsx";
import { Problem } from "./problem.tsx";
import { Text } from "./text.tsx";

/** Said aloud at these moments only: a screen reader that hears every second hears nothing else. */
const ALOUD = [60, 30, 10];

/** Milliseconds until `until`, by the daemon's clock. */
function useLeft(until: string): number {
    useNow(250);
    return Date.parse(until) - daemonNow();
}

function Countdown({ confirm, left }: { confirm: Confirm; left: number }) {
    const whole = Date.parse(confirm.until) - Date.parse(confirm.since);
    const seconds = Math.floor(left / 1000);
    const aloud = ALOUD.findLast((moment) => seconds <= moment);
    return (
        <>
            <p class="countdown-says">
                <span>Taken back in </span>
                <strong class="countdown" role="timer">{countdown(left)}</strong>
                <span> unless you confirm</span>
            </p>
            <progress class={seconds <= 30 ? "countdown-bar countdown-short" : "countdown-bar"}
                max={whole} value={Math.min(left, whole)} aria-label="Time left to confirm" />
            <span class="hidden" role="status">{aloud ? `Less than ${aloud + 1} seconds left to confirm` : ""}</span>
        </>
    );
}

/** What happens by itself, when nothing is heard any more. */
function Lost({ since, apply }: { since: Date; apply: Applying | null }) {
    useNow(250);
    const seconds = Math.max(1, Math.round((Date.now() - since.getTime()) / 1000));
    const end = apply?.confirm?.until ?? apply?.deadline ?? null;
    return (
        <div class="note note-bad lost" data-lost>
            <Icon name="plug" />
            <div>
                <p role="status"><strong>This page does not reach the machine.</strong></p>
                <p>
                    No answer for {seconds} s; it goes on asking.{" "}
                    {end && Date.parse(end) > daemonNow() && (
                        <>If nobody confirms, the machine takes itself back at {clock(end)}, without this page.</>
                    )}
                    {end && Date.parse(end) <= daemonNow() && (
                        <>The machine was to take itself back by {clock(end)}: it should answer soon, as it was before.</>
                    )}
                </p>
            </div>
        </div>
    );
}

function Keep({ detail, confirm, browserKey, lost, reload }: {
    detail: Detail; confirm: Confirm; browserKey: { key: BrowserKey | null; state: KeyState }; lost: boolean; reload: () => void;
}) {
    const [tries, setTries] = useState(0);
    const why = useId();
    const over = useRef(new AbortController());
    useEffect(() => () => over.current.abort(), []);
    const keeping = useAction(async () => {
        if (!browserKey.key) return;
        setTries(0);
        await keepIt(detail.id, confirm, browserKey.key, over.current.signal, () => setTries((was) => was + 1));
        reload();
    });
    const blocked = browserKey.state === "ready" ? null : keyProblem(browserKey.state);
    const says = blocked
        ?? (tries > 0 ? `Not reached, tried ${tries} ${tries === 1 ? "time" : "times"}. It goes on trying.` : "It makes a new connection, and signs with this browser's key.");
    return (
        <>
            <Problem error={keeping.error} />
            <button type="button" class="button button-primary button-big" aria-describedby={why}
                aria-disabled={blocked !== null || keeping.busy}
                onClick={() => {
                    if (!blocked) void keeping.run();
                }}>
                {keeping.busy ? "Reaching the machine anew…" : lost ? "Try to reach the machine, and keep it" : "This page still reaches the machine: keep it"}
            </button>
            <p class="why" id={why} role="status">{says}</p>
        </>
    );
}

function TakeBack({ detail, reload }: { detail: Detail; reload: () => void }) {
    const [open, setOpen] = useState(false);
    const taking = useAction(async () => {
        await send(`/proposals/${detail.id}/cancel`, {}, AbortSignal.timeout(15_000));
        setOpen(false);
        reload();
    });
    return (
        <>
            <button type="button" class="button" onClick={() => setOpen(true)}>Take it back now…</button>
            {open && (
                <Dialog title="Take it back now?" close={() => setOpen(false)}>
                    <p>The machine goes back at once to what it ran before. Nothing is held against the change: it can be asked for again.</p>
                    <Problem error={taking.error} />
                    <div class="dialog-actions">
                        <button type="button" class="button button-quiet" onClick={() => setOpen(false)}>Leave it</button>
                        <button type="button" class="button button-danger" aria-disabled={taking.busy}
                            onClick={() => void taking.run()}>
                            {taking.busy ? "Asking…" : "Take it back now"}
                        </button>
                    </div>
                </Dialog>
            )}
        </>
    );
}

function Says({ kind, apply }: { kind: Kind; apply: Applying | null }) {
    const at = phase(apply);
    const last = apply?.steps.at(-1);
    const said = (step: string) => {
        const words = apply ? detailOf(apply, step) : null;
        return words ? <>: <Text of={words} /></> : ".";
    };
    if (at === "taking_back") return <><strong>It is being taken back</strong>{said("taking_back")}</>;
    if (at === "keeping") return <><strong>It is being made to last.</strong> The next boot takes it too.</>;
    return (
        <>
            <strong>{kind === "act" ? "It is being carried out." : STATES.applying.says}</strong>
            {last && <> Now: {(STEPS[last.step] ?? plain(last.step)).toLowerCase()}.</>}
        </>
    );
}

/** The daemon waits for a person, for as long as `confirm` says. */
function Waiting({ detail, confirm, lost, reload }: {
    detail: Detail; confirm: Confirm; lost: boolean; reload: () => void;
}) {
    const browserKey = useKey();
    const left = useLeft(confirm.until);
    if (left <= 0) {
        return (
            <p class="decision-says" role="status">
                <strong>The time is over.</strong> Unless somebody confirmed it, the machine is going back to what it ran before.
            </p>
        );
    }
    return (
        <>
            <Countdown confirm={confirm} left={left} />
            <p class="applying-because">Because of: <Text of={confirm.because} /></p>
            <Keep detail={detail} confirm={confirm} browserKey={browserKey} lost={lost} reload={reload} />
            <div class="applying-other">
                <TakeBack detail={detail} reload={reload} />
                <p class="muted">
                    Behind a tunnel or a proxy it proves only that the tunnel stands. Then rather, from a new SSH
                    session: <code>agentctl confirm {detail.number}</code>
                </p>
            </div>
        </>
    );
}

export function ApplyingBar({ detail, lost, reload }: { detail: Detail; lost: Date | null; reload: () => void }) {
    const { apply } = detail;
    const at = phase(apply);
    return (
        <div class="decision applying" role="region" aria-label="Applying" data-phase={at}>
            {lost && <Lost since={lost} apply={apply} />}
            {apply?.confirm && at === "waiting"
                ? <Waiting key={apply.confirm.nonce} detail={detail} confirm={apply.confirm} lost={lost !== null} reload={reload} />
                : <p class="decision-says"><Says kind={detail.kind} apply={apply} /></p>}
            {/* What an act has done is done: there is no earlier state to go back to. */}
            {at === "switching" && detail.kind !== "act" && <TakeBack detail={detail} reload={reload} />}
        </div>
    );
}
