import { describe, expect, test } from "vitest";
import type { DiffLine, Hunk } from "../src/api/types.ts";
import { changedSpan, spans } from "../src/core/diff.ts";
import { type State, tokenize } from "../src/core/nix.ts";

function line(kind: DiffLine["kind"], text: string): DiffLine {
    return { kind, text, old: 1, new: 1, marks: [] };
}

function hunk(...lines: DiffLine[]): Hunk {
    return { old_start: 1, old_lines: 1, new_start: 1, new_lines: 1, lines };
}

describe("inside a changed line", () => {
    test("the span is between the common beginning and the common end", () => {
        expect(changedSpan("ports = [ 22 ];", "ports = [ 22 8080 ];"))
            .toEqual([{ start: 13, end: 13 }, { start: 13, end: 18 }]);
    });

    test("equal lines have an empty span", () => {
        expect(changedSpan("a", "a")).toEqual([{ start: 1, end: 1 }, { start: 1, end: 1 }]);
    });

    test("only one removed line that became one added line is marked", () => {
        const removed = line("-", "enable = false;");
        expect(spans(hunk(removed, line("+", "enable = true;"))).size).toBe(2);
        expect(spans(hunk(removed, line("-", "x"), line("+", "enable = true;"))).size).toBe(0);
        expect(spans(hunk(removed, line("+", "something else"))).size).toBe(0);
    });
});

describe("the colours of Nix", () => {
    const kinds = (text: string, state: State = "code") => tokenize(text, state).tokens
        .filter(({ text: part }) => part.trim()).map(({ kind, text: part }) => `${kind}:${part.trim()}`);

    test("no character is lost", () => {
        const text = "  x = with pkgs; [ \"a${b}\\\"\" ./x/y.nix 12 ]; # it's";
        expect(tokenize(text, "code").tokens.map(({ text: part }) => part).join("")).toBe(text);
    });

    test("words, strings, paths and comments are told apart", () => {
        expect(kinds("let a = true; in ./b/c \"d\" # e")).toEqual([
            "keyword:let", "plain:a =", "constant:true", "plain:;", "keyword:in", "path:./b/c",
            "string:\"d\"", "comment:# e",
        ]);
    });

    test("an indented string goes on over lines, past its escapes", () => {
        const first = tokenize("x = ''", "code");
        expect(first.state).toBe("indented");
        expect(tokenize("echo ''${a} '''' ", "indented").state).toBe("indented");
        expect(tokenize("done'';", "indented").state).toBe("code");
    });
});
