// Whether this page still reaches the machine while something is being applied. The event stream does not
// tell: where a firewall closed, it only falls silent. So the page asks, with a clock of its own.
import { useEffect, useRef, useState } from "preact/hooks";
import { asApiError, isAbort, read } from "../api/client.ts";
import { reached } from "./live.ts";

const ASK_MS = 3000;
const PATIENCE_MS = 4000;

/** Since when `path` was not answered, or null. Every answer goes to `heard`. */
export function useReach<T>(path: string | null, heard: (data: T) => void): Date | null {
    const [lost, setLost] = useState<Date | null>(null);
    const latest = useRef(heard);
    latest.current = heard;
    useEffect(() => {
        setLost(null);
        if (path === null) return;
        const over = new AbortController();
        let timer: number | undefined;
        const ask = async () => {
            const began = new Date();
            try {
                const data = await read<T>(path, AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE_MS)]));
                setLost(null);
                reached(true);
                latest.current(data);
            } catch (error) {
                if (isAbort(error)) return;
                const refused = asApiError(error).code !== "unreachable"; // which is reached
                setLost((was) => (refused ? null : was ?? began));
                reached(refused);
            }
            if (!over.signal.aborted) timer = window.setTimeout(() => void ask(), ASK_MS);
        };
        timer = window.setTimeout(() => void ask(), ASK_MS);
        return () => {
            over.abort();
            window.clearTimeout(timer);
        };
    }, [path]);
    return lost;
}
