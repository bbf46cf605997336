// What the diff table needs beyond the daemon's hunks: what moved inside a changed line, and counts.
import type { DiffFile, DiffLine, Hunk } from "../api/types.ts";

export interface Span {
    start: number;
    end: number;
}

export function counts(file: DiffFile): { added: number; removed: number } {
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    return {
        added: lines.filter(({ kind }) => kind === "+").length,
        removed: lines.filter(({ kind }) => kind === "-").length,
    };
}

/** The part of two lines between their common beginning and their common end. */
export function changedSpan(before: string, after: string): [Span, Span] {
    const most = Math.min(before.length, after.length);
    let head = 0;
    while (head < most && before[head] === after[head]) head += 1;
    let tail = 0;
    while (tail < most - head
        && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
    return [
        { start: head, end: before.length - tail },
        { start: head, end: after.length - tail },
    ];
}

/** For each line of a hunk the span that changed, where one removed line became one added line. */
export function spans(hunk: Hunk): Map<DiffLine, Span> {
    const result = new Map<DiffLine, Span>();
    const { lines } = hunk;
    lines.forEach((line, i) => {
        const next = lines[i + 1];
        const alone = line.kind === "-" && lines[i - 1]?.kind !== "-"
            && next?.kind === "+" && lines[i + 2]?.kind !== "+";
        if (!alone) return;
        const [old, fresh] = changedSpan(line.text, next.text);
        // Two lines with little in common are two lines, not one that changed.
        const kept = line.text.length - (old.end - old.start);
        if (kept < line.text.trim().length / 3) return;
        result.set(line, old);
        result.set(next, fresh);
    });
    return result;
}
