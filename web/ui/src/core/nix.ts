// A small tokenizer for Nix, for colour only: it carries its state from line to line of a hunk, and
// where a hunk begins inside a string it may be wrong, which costs a colour and nothing else.

export type TokenKind = "plain" | "comment" | "string" | "keyword" | "number" | "constant" | "path";

export interface Token {
    kind: TokenKind;
    text: string;
}

export type State = "code" | "comment" | "indented" | "quoted";

const KEYWORDS = /^(?:let|in|with|rec|inherit|if|then|else|assert|or|import)$/;
const CONSTANTS = /^(?:true|false|null)$/;
const CODE = new RegExp([
    "(?<line>#.*)", "(?<block>/\\*)", "(?<indented>'')", "(?<quoted>\")",
    "(?<path>(?:\\.{1,2}|~|<[a-z])[\\w./+-]*/[\\w./+>-]*)", "(?<number>\\b\\d+(?:\\.\\d+)?\\b)",
    "(?<word>[A-Za-z_][\\w'-]*)", "(?<other>\\s+|.)",
].join("|"), "gy");

const ENDS: Record<Exclude<State, "code">, RegExp> = {
    comment: /[^]*?\*\//y,
    // ''' and ''$ and ''\ are escapes inside an indented string, not its end.
    indented: /(?:[^']|'(?!')|''['$\\])*?''(?!['$\\])/y,
    quoted: /(?:[^"\\]|\\.)*?"/y,
};

function inside(state: Exclude<State, "code">, line: string, from: number): { end: number; over: boolean } {
    const pattern = ENDS[state];
    pattern.lastIndex = from;
    const found = pattern.exec(line);
    return found ? { end: found.index + found[0].length, over: true } : { end: line.length, over: false };
}

function kindOf(groups: Record<string, string | undefined>): TokenKind {
    if (groups["line"] !== undefined) return "comment";
    if (groups["path"] !== undefined) return "path";
    if (groups["number"] !== undefined) return "number";
    const word = groups["word"];
    if (word !== undefined) {
        return KEYWORDS.test(word) ? "keyword" : CONSTANTS.test(word) ? "constant" : "plain";
    }
    return "plain";
}

function opens(groups: Record<string, string | undefined>): State {
    if (groups["block"] !== undefined) return "comment";
    if (groups["indented"] !== undefined) return "indented";
    return groups["quoted"] !== undefined ? "quoted" : "code";
}

export function tokenize(line: string, start: State): { tokens: Token[]; state: State } {
    const tokens: Token[] = [];
    let state = start;
    let at = 0;
    const push = (kind: TokenKind, text: string) => {
        const last = tokens.at(-1);
        if (last?.kind === kind) last.text += text;
        else if (text) tokens.push({ kind, text });
    };
    while (at < line.length) {
        if (state !== "code") {
            const { end, over } = inside(state, line, at);
            push(state === "comment" ? "comment" : "string", line.slice(at, end));
            if (over) state = "code";
            at = end;
            continue;
        }
        CODE.lastIndex = at;
        const found = CODE.exec(line);
        const groups = found?.groups ?? {};
        const text = found?.[0] ?? line.slice(at);
        state = opens(groups);
        push(state === "code" ? kindOf(groups) : state === "comment" ? "comment" : "string", text);
        at += text.length;
    }
    return { tokens, state };
}
