import { describe, expect, test } from "vitest";
import type { DiffLine, Hunk } from "../src/api/types.ts";
import { type Run, rows, runs } from "../src/core/diff.ts";

function line(kind: DiffLine["kind"], text: string, more: Partial<DiffLine> = {}): DiffLine {
    return { kind, text, old: 1, new: 1, marks: [], pair: null, changed: [], colours: [], ...more };
}

function hunk(...lines: DiffLine[]): Hunk {
    return { old_start: 1, old_lines: 1, new_start: 1, new_lines: 1, lines };
}

const shown = (list: Run[]) => list.map(({ text, kind, inner }) => `${text}|${kind}${inner ? "|inner" : ""}`);

describe("a line cut into runs", () => {
    test("a plain line is one run, an empty line none", () => {
        expect(shown(runs(line(" ", "a = 1;")))).toEqual(["a = 1;|"]);
        expect(runs(line(" ", ""))).toEqual([]);
    });

    test("colours and what changed may cross, and no character is lost", () => {
        const cut = runs(line("+", "url = \"a.b\";", { changed: [[7, 8], [9, 10]], colours: [[0, 3, "attribute"], [6, 11, "string"]] }));
        expect(shown(cut)).toEqual(["url|attribute", " = |", "\"|string", "a|string|inner", ".|string", "b|string|inner", "\"|string", ";|"]);
    });

    test("columns are code points: a character outside the first plane is one", () => {
        const cut = runs(line("+", "\u{1F600}\u{1F600} = a\u0301;", { changed: [[1, 2]], colours: [[5, 7, "attribute"]] }));
        expect(shown(cut)).toEqual(["\u{1F600}|", "\u{1F600}||inner", " = |", "a\u0301|attribute", ";|"]);
    });

    test("a tab and a hidden character are one column each, to be drawn later", () => {
        const cut = runs(line("+", "\t\u202ex = 1;", { changed: [[2, 3]], colours: [[6, 7, "number"]] }));
        expect(shown(cut)).toEqual(["\t\u202e|", "x||inner", " = |", "1|number", ";|"]);
    });

    test("spans beyond the line, and kinds that nobody knows, cost a colour and nothing else", () => {
        const cut = runs(line("+", "ab", { changed: [[1, 99]], colours: [[0, 1, "x\" onload"], [1, 50, "string"]] }));
        expect(shown(cut)).toEqual(["a|", "b|string|inner"]);
    });

    test("a line without either, or of an older daemon, is plain", () => {
        const { changed: _, colours: __, ...old } = line("+", "ab");
        expect(shown(runs(old as DiffLine))).toEqual(["ab|"]);
    });
});

describe("two sides", () => {
    const texts = (list: ReturnType<typeof rows>) => list.map(({ left, right }) => [left?.text ?? null, right?.text ?? null]);

    test("unchanged lines stand on both", () => {
        expect(texts(rows(hunk(line(" ", "a"))))).toEqual([["a", "a"]]);
    });

    test("paired lines stand beside each other, the others where there is room", () => {
        const all = rows(hunk(
            line("-", "r1", { old: 1, new: null }), line("-", "r2", { old: 2, new: null, pair: 3 }),
            line("+", "a1", { old: null, new: 1 }), line("+", "a2", { old: null, new: 2 }),
            line("+", "a3", { old: null, new: 3, pair: 2 }), line("+", "a4", { old: null, new: 4 }),
        ));
        expect(texts(all)).toEqual([["r1", "a1"], [null, "a2"], ["r2", "a3"], [null, "a4"]]);
    });

    test("a pair that is not there is none", () => {
        expect(texts(rows(hunk(line("-", "r", { pair: 9 }), line("+", "a", { pair: 7 }))))).toEqual([["r", "a"]]);
    });

    test("a remark stays with its side", () => {
        const remark = line(" ", "\\ No newline at end of file", { old: null, new: null });
        expect(texts(rows(hunk(line("-", "r"), remark, line("+", "a"))))).toEqual([["r", "a"], [remark.text, null]]);
        expect(texts(rows(hunk(line(" ", "c"), remark)))).toEqual([["c", "c"], [remark.text, remark.text]]);
    });
});
