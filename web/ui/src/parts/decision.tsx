// The decision bar: always in reach, at the bottom of a phone. A button that cannot be used says why.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { send } from "../api/client.ts";
import type { Detail } from "../api/types.ts";
import { choices } from "../core/decide.ts";
import { useAction } from "../core/hooks.ts";
import { methodOf } from "../core/key.ts";
import { useKey } from "../core/session.ts";
import { fullTime } from "../core/time.ts";
import { brief } from "../core/untrusted.ts";
import { isOpen, STATES } from "../core/words.ts";
import { ApproveDialog } from "./approve.tsx";
import { Problem } from "./problem.tsx";
import { ReasonDialog } from "./reason.tsx";
import { Text, Time } from "./text.tsx";

type Open = "approve" | "reject" | "withdraw" | null;

function Button({ kind, why, describedBy, onClick, children }: {
    kind: string; why: string | null; describedBy: string; onClick: () => void;
    children: ComponentChildren;
}) {
    // aria-disabled, not disabled: the button stays in the tab order and can say why.
    return (
        <button
            type="button" class={`button ${kind}`} aria-disabled={why !== null}
            aria-describedby={why ? describedBy : undefined}
            onClick={() => {
                if (why === null) onClick();
            }}
        >
            {children}
        </button>
    );
}

function Dialogs({ open, detail, close, reload }: {
    open: Open; detail: Detail; close: () => void; reload: () => void;
}) {
    const { key } = useKey(detail.verdict?.presence);
    const path = `/proposals/${detail.id}`;
    const post = (what: string) => async (reason: string) => {
        await send(`${path}/${what}`, { reason });
        reload();
    };
    if (open === "approve" && key) {
        const done = () => {
            close();
            reload();
        };
        return <ApproveDialog detail={detail} browserKey={key} close={close} done={done} />;
    }
    if (open === "reject") {
        return (
            <ReasonDialog
                title={`Reject #${detail.number}`} verb="Reject" needed act={post("reject")} close={close}
                says="The proposal is closed as denied. Its proposer reads the reason."
            />
        );
    }
    if (open === "withdraw") {
        return (
            <ReasonDialog
                title={`Withdraw #${detail.number}`} verb="Withdraw" needed={false}
                act={post("withdraw")} close={close}
                says="The proposal is taken back. Nothing has changed on the machine, and nothing will."
            />
        );
    }
    return null;
}

function Closed({ detail }: { detail: Detail }) {
    const reason = detail.state === "confirmed" ? null : detail.apply?.outcome?.reason;
    return (
        <div class="decision decision-closed">
            <p>
                <strong>{STATES[detail.state].word}.</strong> {STATES[detail.state].says}
                {reason && <> Why: <Text of={brief(reason)} />. <a href="#apply">What that means, and how to go on</a></>}
            </p>
        </div>
    );
}

/** Who has to agree besides, and what happens by itself: in the daemon's words. */
function Agreed({ detail: { agreement } }: { detail: Detail }) {
    const happens = agreement?.happens;
    return (
        <>
            {agreement?.says && <p class="decision-says"><strong><Text of={agreement.says} /></strong></p>}
            {happens && (
                <p class="decision-says">
                    <strong>Happens <Time at={happens.at} /></strong>, {fullTime(happens.at)}
                    {happens.by === "policy" && ", unless somebody objects: Reject"}.
                </p>
            )}
        </>
    );
}

export function DecisionBar({ detail, reload }: { detail: Detail; reload: () => void }) {
    const [open, setOpen] = useState<Open>(null);
    const key = useKey(detail.verdict?.presence);
    const why = useId();
    const applying = useAction(async () => {
        await send(`/proposals/${detail.id}/apply`, {});
        reload();
    });
    const verifying = useAction(async () => {
        await send(`/proposals/${detail.id}/verify`, {});
        reload();
    });
    if (!isOpen(detail.state)) return <Closed detail={detail} />;
    const may = choices(detail, key.state, key.key ? methodOf(key.key) : undefined);
    const approved = detail.state === "approved";
    const main = approved ? may.apply.why : may.approve.why;
    // It was asked for and not done: the helper's own words, which nobody was there to be told.
    const last = detail.history.at(-1);
    const refused = approved && last?.type === "statement.refused" ? last.text : null;
    const says = main ?? refused ?? STATES[detail.state].says;
    return (
        <div class="decision" role="region" aria-label="Decision">
            <Problem error={applying.error ?? verifying.error} />
            <Agreed detail={detail} />
            <p class="decision-says" id={why}><Text of={says} /></p>
            <div class="decision-buttons">
                {may.verify && (
                    <Button kind="" why={verifying.busy ? "Under way." : null} describedBy={why}
                        onClick={() => void verifying.run()}>
                        {detail.state === "drafted" ? "Test" : "Test again"}
                    </Button>
                )}
                {approved
                    ? (
                        <Button kind="button-primary" why={applying.busy ? "Under way." : may.apply.why}
                            describedBy={why} onClick={() => void applying.run()}>
                            {applying.busy ? "Applying…" : "Apply now"}
                        </Button>
                    )
                    : (
                        <Button kind="button-primary" why={may.approve.why} describedBy={why}
                            onClick={() => setOpen("approve")}>
                            Approve…
                        </Button>
                    )}
                {!approved && (
                    <Button kind="" why={may.reject.why} describedBy={why} onClick={() => setOpen("reject")}>
                        Reject…
                    </Button>
                )}
                <Button kind="button-quiet" why={may.withdraw.why} describedBy={why}
                    onClick={() => setOpen("withdraw")}>
                    Withdraw…
                </Button>
            </div>
            <Dialogs open={open} detail={detail} close={() => setOpen(null)} reload={reload} />
        </div>
    );
}
