// Log lines that arrive while a build runs, joined in the order of their numbers.
import { useState } from "preact/hooks";
import type { EvidenceLevel, LogEvent } from "../api/types.ts";
import { useEvents } from "./hooks.ts";

export interface Tail {
    seq: number;
    lines: string[];
    dropped: number;
}

export type Tails = Partial<Record<EvidenceLevel, Tail>>;

// A build can print for hours; a phone keeps the end of it and says that it does.
export const KEEP = 2000;

export function append(tail: Tail | undefined, event: LogEvent): Tail {
    if (tail && event.seq <= tail.seq && event.seq !== 0) return tail;
    // Number 0 is the beginning of a new run of this level.
    const fresh = !tail || (event.seq === 0 && tail.seq > 0);
    const before = fresh ? [] : tail.lines;
    const lines = [...before, ...event.lines];
    const over = Math.max(0, lines.length - KEEP);
    return { seq: event.seq, lines: lines.slice(over), dropped: (fresh ? 0 : tail.dropped) + over };
}

export function useTails(proposal: string): Tails {
    const [tails, setTails] = useState<Tails>({});
    useEvents((event) => {
        if (event.kind !== "log" || event.data.proposal !== proposal) return;
        const { data } = event;
        setTails((was) => ({ ...was, [data.level]: append(was[data.level], data) }));
    });
    return tails;
}
