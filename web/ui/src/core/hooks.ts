// Reading, and reading again when an event says that something changed.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError, isAbort, read } from "../api/client.ts";
import { visible } from "./untrusted.ts";
import { type Connection, type LiveEvent, onConnection, onEvent } from "./live.ts";

export interface Resource<T> {
    data: T | null;
    error: ApiError | null;
    reload: () => void;
    /** Takes over what somebody else has read at the same path just now. */
    put: (data: T) => void;
}

const SETTLE_MS = 120;

export function useEvents(listener: (event: LiveEvent) => void): void {
    const latest = useRef(listener);
    latest.current = listener;
    useEffect(() => onEvent((event) => latest.current(event)), []);
}

export function useConnection(): Connection {
    const [state, setState] = useState<Connection>("connecting");
    useEffect(() => onConnection(setState), []);
    return state;
}

/** `matters` says which events make `path` worth reading again. What was read stays on the screen
    while a newer reading is under way or has failed; the failure is shown beside it. */
export function useResource<T>(
    path: string | null, matters: (event: LiveEvent) => boolean,
): Resource<T> {
    const [state, setState] = useState<{ path: string | null; data: T | null; error: ApiError | null }>(
        { path, data: null, error: null },
    );
    const running = useRef<AbortController | null>(null);
    const timer = useRef<number | undefined>(undefined);

    const load = useCallback(() => {
        if (path === null) return;
        running.current?.abort();
        const controller = new AbortController();
        running.current = controller;
        read<T>(path, controller.signal).then(
            (data) => setState({ path, data, error: null }),
            (error: unknown) => {
                if (isAbort(error)) return;
                setState((was) => ({
                    path, data: was.path === path ? was.data : null, error: asApiError(error),
                }));
            },
        );
    }, [path]);

    useEffect(() => {
        load();
        return () => {
            running.current?.abort();
            window.clearTimeout(timer.current);
        };
    }, [load]);

    useEvents((event) => {
        if (event.kind !== "poll" && !matters(event)) return;
        // A step of the pipeline is several entries: one reading answers them all.
        window.clearTimeout(timer.current);
        timer.current = window.setTimeout(load, SETTLE_MS);
    });

    const put = useCallback((data: T) => {
        running.current?.abort();
        setState({ path, data, error: null });
    }, [path]);

    const current = state.path === path;
    return { data: current ? state.data : null, error: current ? state.error : null, reload: load, put };
}

/** The time now, anew every half minute, so that ages do not go stale on an open page. */
export function useNow(every = 30_000): Date {
    const [now, setNow] = useState(() => new Date());
    useEffect(() => {
        const timer = window.setInterval(() => setNow(new Date()), every);
        return () => window.clearInterval(timer);
    }, [every]);
    return now;
}

export function useTitle(title: string): void {
    useEffect(() => {
        document.title = title ? `${visible(title)} · agentd` : "agentd";
    }, [title]);
}

export interface Action<A extends unknown[]> {
    busy: boolean;
    error: ApiError | null;
    run: (...args: A) => Promise<boolean>;
    clear: () => void;
}

/** Something a person sets off: one at a time, its failure kept until it is seen off. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<void>): Action<A> {
    const [busy, setBusy] = useState(false);
    const [error, setError] = useState<ApiError | null>(null);
    const under = useRef(false);
    const run = async (...args: A): Promise<boolean> => {
        if (under.current) return false;
        under.current = true;
        setBusy(true);
        setError(null);
        try {
            await work(...args);
            return true;
        } catch (failure) {
            setError(asApiError(failure));
            return false;
        } finally {
            under.current = false;
            setBusy(false);
        }
    };
    return { busy, error, run, clear: () => setError(null) };
}
