// A dialog that asks for a reason: rejecting and withdrawing.
import { useId, useState } from "preact/hooks";
import { useAction } from "../core/hooks.ts";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";

const MAX = 1000;

export function ReasonDialog({ title, says, verb, needed, act, close }: {
    title: string; says: string; verb: string; needed: boolean;
    act: (reason: string) => Promise<void>; close: () => void;
}) {
    const [reason, setReason] = useState("");
    const id = useId();
    const why = useId();
    const action = useAction(async () => {
        await act(reason.trim());
        close();
    });
    const missing = needed && reason.trim() === "";
    return (
        <Dialog title={title} close={close}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    if (!missing) void action.run();
                }}
            >
                <p>{says}</p>
                <div class="field">
                    <label for={id}>{needed ? "Reason" : "Reason (optional)"}</label>
                    <textarea
                        id={id} rows={3} maxLength={MAX} value={reason}
                        onInput={(event) => setReason(event.currentTarget.value)}
                    />
                </div>
                <Problem error={action.error} />
                <p id={why} class="why">{missing ? "Say why, for whoever reads the log." : "It is kept in the log."}</p>
                <div class="dialog-actions">
                    <button type="button" class="button button-quiet" onClick={close}>Cancel</button>
                    <button
                        type="submit" class="button button-danger"
                        aria-disabled={missing || action.busy} aria-describedby={why}
                    >
                        {verb}
                    </button>
                </div>
            </form>
        </Dialog>
    );
}
