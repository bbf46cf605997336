// Coming back: a session ends, the key stays. Whoever holds the key of a pairing signs a challenge and
// is let in again, without a person having to do anything.
import { ApiError, read, send } from "../api/client.ts";
import type { Session } from "../api/types.ts";
import { type BrowserKey, keepKey, LOGIN as WORDS, signLogin, storedKey, storedPasskey } from "./key.ts";
import { assert } from "./passkey.ts";

/** Whoever waits for this waits for nothing else: a machine that fell silent must not hold it for ever. */
const PATIENCE_MS = 10_000;

/** The key that the machine does not know (any more): asking again would only be refused again. */
let unknown: string | null = null;
const LOGIN = "agentd-login";
let asking: Promise<Session> | null = null;

async function logIn(session: Session, key: BrowserKey): Promise<Session> {
    if (session.challenge === null || key.keyId === unknown) return session;
    try {
        await send("/login", {
            key_id: key.keyId, challenge: session.challenge, signature: await signLogin(key, session.challenge),
        }, AbortSignal.timeout(PATIENCE_MS));
    } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 403) throw error;
        if (error.code === "unknown_key") unknown = key.keyId;
        return session;
    }
    return read<Session>("/session", AbortSignal.timeout(PATIENCE_MS));
}

async function look(): Promise<Session> {
    const session = await read<Session>("/session", AbortSignal.timeout(PATIENCE_MS));
    const key = session.paired || session.challenge === null ? null : await storedKey().catch(() => null);
    return key && "locks" in navigator ? navigator.locks.request(LOGIN, () => logInOnce(key)) : session;
}

/** Tabs share one session: each that made its own would end the others'. Whoever comes second finds it there. */
async function logInOnce(key: BrowserKey): Promise<Session> {
    const session = await read<Session>("/session", AbortSignal.timeout(PATIENCE_MS));
    return session.paired ? session : logIn(session, key);
}

/** Who this browser is to the daemon, after trying to come back. Askers at the same moment share one answer. */
export function whoAmI(): Promise<Session> {
    asking ??= look().finally(() => {
        asking = null;
    });
    return asking;
}

/** Coming back with a passkey, which asks who is there: for a button, never by itself. */
export async function enterWithPasskey(): Promise<void> {
    const { challenge } = await read<Session>("/session", AbortSignal.timeout(PATIENCE_MS));
    if (challenge === null) return; // somebody came in meanwhile, in another tab
    const known = await storedPasskey().catch(() => null);
    const { credential, signature } = await assert(WORDS + challenge, known?.credential);
    const answer = await send<{ key_id: string; name: string }>("/login", { credential, challenge, signature }, AbortSignal.timeout(PATIENCE_MS));
    await keepKey({ keyId: answer.key_id, label: answer.name, credential });
}
