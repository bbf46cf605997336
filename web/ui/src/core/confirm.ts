// Saying that the machine is still reached: what runs since a change of the network, SSH or the firewall is
// kept only when an approver signs a nonce that was made after the switch, over a connection begun after it.
import { ApiError, daemonNow, send } from "../api/client.ts";
import type { Confirm, Presence } from "../api/types.ts";
import { sha256Hex } from "./digest.ts";
import { type BrowserKey, methodOf, signConfirm } from "./key.ts";

/** A packet that a firewall swallows is answered by nobody: without a clock of its own a request would hang. */
export const PATIENCE_MS = 6000;
const PAUSE_MS = 2000;
/** A browser holds six connections to a host; each may turn out to be an old one. */
const OLD_CONNECTIONS = 8;

export async function confirmation(wanted: Confirm, key: BrowserKey): Promise<Presence> {
    // Nothing but a nonce is signed under this name, whatever the daemon hands out as one.
    if (!/^[0-9a-f]{64}$/.test(wanted.nonce)) {
        throw new ApiError({
            status: 0, code: "not_signed", message: "Nothing was signed: what the daemon wants signed is no nonce.",
            hint: "Confirm from a terminal instead: agentctl confirm",
        });
    }
    return {
        method: methodOf(key), key_id: key.keyId, signature: await signConfirm(key, wanted.nonce),
        signed_digest: await sha256Hex(wanted.nonce),
    };
}

function pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
        const timer = window.setTimeout(resolve, PAUSE_MS);
        signal.addEventListener("abort", () => {
            window.clearTimeout(timer);
            reject(signal.reason as Error);
        }, { once: true });
    });
}

/** Confirms `wanted`, and goes on trying while the machine is not reached and there is time. `lost` hears of
    each try that reached nobody. */
export async function keepIt(
    proposal: string, wanted: Confirm, key: BrowserKey, signal: AbortSignal, lost: () => void,
): Promise<void> {
    const presence = await confirmation(wanted, key);
    let old = 0;
    for (;;) {
        try {
            // A new connection is what proves that the machine can be reached: one from before the switch lives
            // on through a closed firewall. A page cannot ask its browser for one (`Connection` is not its header
            // to set, and a fresh fetch may travel over an idle connection), so nothing here relies on how it
            // keeps them: the daemon knows when each of them began, refuses an old one with `old_connection`
            // and closes it. Asked again, the browser has one old connection less, and at last opens a new one.
            await send(`/proposals/${proposal}/confirm`, { presence },
                AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
            return;
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            if (error.code === "old_connection" && (old += 1) < OLD_CONNECTIONS) continue;
            if (error.code !== "unreachable" || daemonNow() > Date.parse(wanted.until)) throw error;
            lost();
            await pause(signal);
        }
    }
}
