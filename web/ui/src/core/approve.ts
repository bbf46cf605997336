// Asking for the statement, checking it, signing it, handing it in.
import { ApiError, send } from "../api/client.ts";
import type { Detail, Presence, StatementAnswer } from "../api/types.ts";
import { type BrowserKey, methodOf, sign } from "./key.ts";
import { type Checked, checkStatement } from "./statement.ts";

export interface Prepared extends Checked {
    answer: StatementAnswer;
}

export async function prepare(shown: Detail): Promise<Prepared> {
    const answer = await send<StatementAnswer>(`/proposals/${shown.id}/statement`, {});
    return { answer, ...(await checkStatement(answer, shown, new Date())) };
}

export function isSound(prepared: Prepared): boolean {
    return prepared.checks.every(({ ok }) => ok);
}

/** Signs what was prepared, after checking it once more against what is on the screen now. */
export async function approve(
    prepared: Prepared, shown: Detail, key: BrowserKey, apply: boolean,
): Promise<void> {
    const again = await checkStatement(prepared.answer, shown, new Date());
    const wrong = again.checks.find(({ ok }) => !ok);
    if (wrong) {
        throw new ApiError({
            status: 0,
            code: "not_signed",
            message: "Nothing was signed: the statement is not about what this page shows.",
            where: `${wrong.name}: ${wrong.detail}`,
            hint: "Close this, look at the page again, and approve anew.",
        });
    }
    const presence: Presence = {
        method: methodOf(key),
        key_id: key.keyId,
        signature: await sign(key, again.sha256),
        signed_digest: again.sha256,
    };
    await send(`/proposals/${shown.id}/approve`, {
        statement: prepared.answer.statement, presence, apply,
        // The dialog had it typed before anything could be signed.
        typed_host: again.fields["typed_host"] ? shown.host : null,
    });
}
