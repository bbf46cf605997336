// The audit log read backwards, in pieces, and looked through. The daemon hands out ranges; looking
// for a type or an actor is done here, so the page says how far back it has looked.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError, isAbort, read } from "../api/client.ts";
import type { AuditPage, IndexedEntry } from "../api/types.ts";
import { useEvents } from "./hooks.ts";
import { sentence } from "./sentences.ts";

export interface Filter {
    type: string;
    text: string;
}

export interface Trail {
    size: number;
    /** Newest first, without gaps down to `from`. */
    entries: IndexedEntry[];
    from: number;
    error: ApiError | null;
    busy: boolean;
    older: () => void;
    newer: () => void;
}

export const PAGE = 100;

export function matches({ entry }: IndexedEntry, { type, text }: Filter): boolean {
    if (type && entry.type !== type) return false;
    if (!text) return true;
    const wanted = text.toLowerCase();
    return [entry.actor.id, entry.actor.kind, entry.subject, entry.type, entry.id, sentence(entry)]
        .some((field) => field.toLowerCase().includes(wanted));
}

/** Joins what is known with what came, newest first, each number once. */
export function merge(known: IndexedEntry[], came: IndexedEntry[]): IndexedEntry[] {
    const byIndex = new Map([...known, ...came].map((one) => [one.index, one]));
    return [...byIndex.values()].toSorted((a, b) => b.index - a.index);
}

interface Held {
    size: number;
    entries: IndexedEntry[];
}

export function useTrail(at: number | null): Trail {
    const [held, setHeld] = useState<Held>({ size: 0, entries: [] });
    const [error, setError] = useState<ApiError | null>(null);
    const [busy, setBusy] = useState(false);
    const under = useRef(false);

    const load = useCallback(async (query: string) => {
        if (under.current) return;
        under.current = true;
        setBusy(true);
        try {
            const page = await read<AuditPage>(`/audit?${query}`);
            setHeld((was) => ({ size: page.size, entries: merge(was.entries, page.entries) }));
            setError(null);
        } catch (failure) {
            if (!isAbort(failure)) setError(asApiError(failure));
        } finally {
            under.current = false;
            setBusy(false);
        }
    }, []);

    // A link to one entry opens the log there: everything newer is one click away.
    useEffect(() => {
        const start = at === null ? null : Math.max(0, at - PAGE / 2);
        void load(start === null ? `limit=${PAGE}` : `from=${start}&limit=${PAGE}`);
    }, [at, load]);

    const newest = held.entries[0]?.index ?? -1;
    const from = held.entries.at(-1)?.index ?? 0;
    const newer = () => void load(`from=${newest + 1}&limit=${PAGE}`);
    const older = () => {
        const start = Math.max(0, from - PAGE);
        void load(`from=${start}&limit=${from - start}`);
    };
    useEvents((event) => {
        // Only the top of the log grows by itself; a reader further down is not moved.
        if ((event.kind === "entry" || event.kind === "poll") && newest === held.size - 1) newer();
    });
    return { size: held.size, entries: held.entries, from, error, busy, older, newer };
}
