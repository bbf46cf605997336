// What the diff table makes of the daemon's hunks: lines cut into runs of one look, the two sides
// beside each other, counts. What changed inside a line and what Nix is coloured as the daemon says.
import type { DiffFile, DiffLine, Hunk } from "../api/types.ts";

export interface Run {
    text: string;
    /** A kind of colour that the style sheet knows, or "": then it is drawn as the text is. */
    kind: string;
    /** What this line has otherwise than the one it is paired with. */
    inner: boolean;
}

const KINDS = /^(keyword|constant|attribute|number|string|interpolation|path|url|comment)$/;

export function counts(file: DiffFile): { added: number; removed: number } {
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    return {
        added: lines.filter(({ kind }) => kind === "+").length,
        removed: lines.filter(({ kind }) => kind === "-").length,
    };
}

/** From code points, as the daemon counts, to what a string is indexed by. */
function toUnits(text: string): (column: number) => number {
    // eslint-disable-next-line no-control-regex
    if (!/[\ud800-\udfff]/.test(text)) return (column) => Math.min(column, text.length);
    const units: number[] = [];
    let at = 0;
    for (const character of text) {
        units.push(at);
        at += character.length;
    }
    return (column) => units[column] ?? text.length;
}

/** The text of a line in order, nothing lost, cut wherever its look changes. */
export function runs(line: DiffLine): Run[] {
    const { text } = line;
    const unit = toUnits(text);
    const spans = (line.changed ?? []).map(([start, end]) => ({ start: unit(start), end: unit(end) }));
    const colours = (line.colours ?? []).filter(([, , kind]) => KINDS.test(kind))
        .map(([start, end, kind]) => ({ start: unit(start), end: unit(end), kind }));
    const cuts = [0, text.length, ...[...spans, ...colours].flatMap(({ start, end }) => [start, end])]
        .sort((a, b) => a - b);
    const result: Run[] = [];
    let span = 0;
    let colour = 0;
    cuts.forEach((from, i) => {
        const to = cuts[i + 1] ?? text.length;
        if (to <= from) return;
        while ((spans[span]?.end ?? Infinity) <= from) span += 1;
        while ((colours[colour]?.end ?? Infinity) <= from) colour += 1;
        const own = colours[colour];
        result.push({
            text: text.slice(from, to),
            kind: own && own.start <= from ? own.kind : "",
            inner: (spans[span]?.start ?? Infinity) <= from,
        });
    });
    return result;
}

/** A row of the view with two sides; null where a side has no line. */
export interface Row {
    left: DiffLine | null;
    right: DiffLine | null;
}

/** Lines that were paired stand beside each other; of the others, as many as there are on either side. */
function beside(removed: DiffLine[], added: DiffLine[]): Row[] {
    const result: Row[] = [];
    let i = 0;
    let j = 0;
    while (i < removed.length || j < added.length) {
        const paired = removed.slice(i).findIndex((line) =>
            line.pair && added.slice(j).some((other) => other.new === line.pair));
        const left = paired < 0 ? removed.length : i + paired;
        const right = paired < 0 ? added.length : added.findIndex((other) => other.new === removed[left]?.pair);
        while (i < left || j < right) {
            result.push({
                left: (i < left ? removed[i] : undefined) ?? null, right: (j < right ? added[j] : undefined) ?? null,
            });
            i += i < left ? 1 : 0;
            j += j < right ? 1 : 0;
        }
        if (paired >= 0) {
            result.push({ left: removed[i] ?? null, right: added[j] ?? null });
            i += 1;
            j += 1;
        }
    }
    return result;
}

/** A remark is of the side whose line it follows; between two unchanged lines of both. */
export function rows(hunk: Hunk): Row[] {
    const result: Row[] = [];
    let removed: DiffLine[] = [];
    let added: DiffLine[] = [];
    let last: DiffLine["kind"] = " ";
    const flush = () => {
        result.push(...beside(removed, added));
        removed = [];
        added = [];
    };
    for (const line of hunk.lines) {
        const remark = line.kind === " " && line.old === null && line.new === null;
        const kind: DiffLine["kind"] = remark ? last : line.kind;
        if (kind === "-" && added.length > 0 && !remark) flush();
        if (kind === "-") removed.push(line);
        else if (kind === "+") added.push(line);
        else {
            flush();
            result.push({ left: line, right: line });
        }
        last = kind;
    }
    flush();
    return result;
}
