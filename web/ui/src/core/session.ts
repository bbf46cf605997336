// Who this browser is to the daemon, and which key it holds.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Session } from "../api/types.ts";
import type { KeyState } from "./decide.ts";
import { type BrowserKey, storedKey, whyNoKeys } from "./key.ts";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session | null {
    return useContext(SessionContext);
}

export function useKey(): { key: BrowserKey | null; state: KeyState } {
    const session = useSession();
    const [found, setFound] = useState<BrowserKey | null | undefined>(undefined);
    useEffect(() => {
        storedKey().then(setFound, () => setFound(null));
    }, []);
    if (whyNoKeys()) return { key: null, state: "insecure" };
    if (found === undefined) return { key: null, state: "reading" };
    if (found === null) return { key: null, state: "missing" };
    // The session may be of another pairing than the key: the daemon would refuse the signature.
    if (session?.key_id && session.key_id !== found.keyId) return { key: found, state: "other" };
    return { key: found, state: "ready" };
}
