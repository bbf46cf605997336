// Who this browser is to the daemon, and what it signs with.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { PresenceNeeded, Session } from "../api/types.ts";
import type { KeyState } from "./decide.ts";
import { type BrowserKey, storedKey, storedPasskey, whyNoKeys } from "./key.ts";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session | null {
    return useContext(SessionContext);
}

/** Of what this browser has, the one that is enough: its own key asks nobody to touch anything. */
function chosen(keys: (BrowserKey | null)[], session: Session | null, needed: PresenceNeeded): BrowserKey | null {
    const [own, passkey] = keys;
    if (passkey && needed !== "none" && needed !== "browser") return passkey;
    const ofSession = keys.find((key) => key && key.keyId === session?.key_id);
    return ofSession ?? own ?? passkey ?? null;
}

export function useKey(needed: PresenceNeeded = "browser"): { key: BrowserKey | null; state: KeyState } {
    const session = useSession();
    const [found, setFound] = useState<(BrowserKey | null)[] | null>(null);
    useEffect(() => {
        const none = () => null;
        void Promise.all([storedKey().catch(none), storedPasskey().catch(none)]).then(setFound);
    }, []);
    if (whyNoKeys()) return { key: null, state: "insecure" };
    if (found === null) return { key: null, state: "reading" };
    const key = chosen(found, session, needed);
    if (key === null) return { key, state: "missing" };
    // The session may be of another pairing than what is here: the daemon would refuse the signature.
    const known = !session?.key_id || found.some((one) => one?.keyId === session.key_id);
    return { key, state: known ? "ready" : "other" };
}
