// The approval dialog: what is being signed, what this browser checked by itself, and for dangerous
// changes the name of the machine, typed.
import { useEffect, useId, useState } from "preact/hooks";
import type { Detail } from "../api/types.ts";
import { approve, isSound, prepare, type Prepared } from "../core/approve.ts";
import { needsHostName } from "../core/effects.ts";
import { useAction } from "../core/hooks.ts";
import { type BrowserKey, methodOf } from "../core/key.ts";
import { fullTime } from "../core/time.ts";
import { plain } from "../core/words.ts";
import { Dialog } from "./dialog.tsx";
import { RiskCounts } from "./effects.tsx";
import { Icon } from "./icon.tsx";
import { Loading, Problem } from "./problem.tsx";
import { Hash, StorePath, Text } from "./text.tsx";

function Checks({ prepared }: { prepared: Prepared }) {
    return (
        <ul class="checks" aria-label="Checked by this browser">
            {prepared.checks.map((check) => (
                <li class={check.ok ? "ok" : "not-ok"}>
                    <Icon name={check.ok ? "check" : "cross"} />
                    <span>
                        {check.name}<span class="hidden">{check.ok ? ": yes" : ": no"}</span>
                        {!check.ok && <strong>: <Text of={check.detail} /></strong>}
                    </span>
                </li>
            ))}
        </ul>
    );
}

function Signing({ prepared, detail }: { prepared: Prepared; detail: Detail }) {
    const sound = isSound(prepared);
    return (
        <>
            <dl class="facts">
                <div><dt>Machine</dt><dd><Text of={detail.host} /></dd></div>
                <div><dt>How</dt><dd>{plain(String(prepared.fields["mode"]))}</dd></div>
                {detail.toplevel && <div><dt>System</dt><dd><StorePath of={detail.toplevel} /></dd></div>}
                <div><dt>Valid until</dt><dd>{fullTime(String(prepared.fields["expires"]))}</dd></div>
                <div><dt>Digest</dt><dd><Hash of={prepared.sha256} what="digest" keep={16} /></dd></div>
            </dl>
            {!sound && (
                <p class="note note-bad" role="alert">
                    <Icon name="octagon" />
                    The statement is not about what this page shows. It will not be signed.
                </p>
            )}
            <details class="more" open={!sound}>
                <summary>{sound ? "Checked by this browser" : "What does not fit"}</summary>
                <Checks prepared={prepared} />
            </details>
        </>
    );
}

function HostName({ host, value, set }: { host: string; value: string; set: (v: string) => void }) {
    const id = useId();
    return (
        <div class="field field-loud">
            <label for={id}>
                This change is grave, or policy asks for it: type the machine's name, <strong>{host}</strong>
            </label>
            <input
                id={id} type="text" value={value} autocomplete="off" autocapitalize="none" spellcheck={false}
                onInput={(event) => set(event.currentTarget.value)}
            />
        </div>
    );
}

/** Its own copy of the detail: what was on the screen when the dialog opened is what is signed. */
export function ApproveDialog({ detail: now, browserKey, close, done }: {
    detail: Detail; browserKey: BrowserKey; close: () => void; done: (applying: boolean) => void;
}) {
    const [detail] = useState(now);
    const [prepared, setPrepared] = useState<Prepared | null>(null);
    const [typed, setTyped] = useState("");
    const asking = useAction(async () => setPrepared(await prepare(detail)));
    const signing = useAction(async (apply: boolean) => {
        if (!prepared) return;
        await approve(prepared, detail, browserKey, apply);
        done(apply);
    });
    useEffect(() => {
        void asking.run();
    }, []);
    const reason = useId();
    const dangerous = needsHostName(detail.effects) || prepared?.fields["typed_host"] === true;
    const why = !prepared ? "Waiting for the statement."
        : !isSound(prepared) ? "The statement does not fit this page."
        : dangerous && typed.trim() !== detail.host ? `Type ${detail.host} to go on.` : null;
    const act = (apply: boolean) => () => {
        if (!why) void signing.run(apply);
    };
    const blocked = why !== null || signing.busy;
    return (
        <Dialog title={`Approve #${detail.number}`} close={close}>
            <p class="dialog-title"><Text of={detail.title} /></p>
            {detail.effects && <RiskCounts of={detail.effects.effects} />}
            {!prepared && asking.busy && <Loading what="the statement" />}
            <Problem error={asking.error} retry={() => void asking.run()} />
            {prepared && <Signing prepared={prepared} detail={detail} />}
            {dangerous && <HostName host={detail.host} value={typed} set={setTyped} />}
            <Problem error={signing.error} />
            <p id={reason} class="why" role="status">{why ?? (methodOf(browserKey) === "passkey" ? "It will be signed with your passkey." : "It will be signed with this browser's own key.")}</p>
            <div class="dialog-actions">
                <button type="button" class="button button-quiet" onClick={close}>Cancel</button>
                <button type="button" class="button" aria-disabled={blocked} aria-describedby={reason}
                    onClick={act(false)}>
                    Approve only
                </button>
                <button type="button" class="button button-primary" aria-disabled={blocked}
                    aria-describedby={reason} onClick={act(true)}>
                    {signing.busy ? "Signing…" : "Approve and apply"}
                </button>
            </div>
        </Dialog>
    );
}
