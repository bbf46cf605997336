// The diff the daemon made, tree against tree, as a real table.
import type { ChangedFile, DiffFile, DiffLine, Hunk } from "../api/types.ts";
import { counts, type Span, spans } from "../core/diff.ts";
import { type State, type Token, tokenize } from "../core/nix.ts";
import { codePoint, visible } from "../core/untrusted.ts";
import { Chip, Text } from "./text.tsx";

const GLYPHS: Record<DiffLine["kind"], { glyph: string; word: string; name: string }> = {
    "+": { glyph: "+", word: "added", name: "add" },
    "-": { glyph: "−", word: "removed", name: "del" },
    " ": { glyph: " ", word: "", name: "ctx" },
};

// A lock file of thousands of lines is there to be opened, not to be scrolled past.
const OPEN_UP_TO = 400;

const CHANGES: Record<DiffFile["change"], string> = {
    added: "new file", removed: "file removed", modified: "changed",
};

/** Cuts a token where the changed span begins and ends. */
function cut(token: Token, from: number, span: Span | undefined): { text: string; inner: boolean }[] {
    if (!span || span.start >= span.end) return [{ text: token.text, inner: false }];
    const a = Math.min(Math.max(span.start - from, 0), token.text.length);
    const b = Math.min(Math.max(span.end - from, 0), token.text.length);
    return [
        { text: token.text.slice(0, a), inner: false },
        { text: token.text.slice(a, b), inner: true },
        { text: token.text.slice(b), inner: false },
    ].filter(({ text }) => text !== "");
}

function Code({ line, tokens, span }: { line: DiffLine; tokens: Token[]; span: Span | undefined }) {
    const marked = new Set(line.marks.map(({ code_point }) => codePoint(code_point)));
    // A mark whose character is not in the text any more must still be seen.
    const gone = [...marked].filter(
        (code) => !line.text.includes(String.fromCodePoint(Number.parseInt(code.slice(2), 16) || 0)),
    );
    let at = 0;
    return (
        <code>
            {tokens.map((token) => {
                const parts = cut(token, at, span);
                at += token.text.length;
                return parts.map(({ text, inner }) => {
                    const names = [
                        token.kind === "plain" ? "" : `nix-${token.kind}`, inner ? "inner" : "",
                    ].filter(Boolean).join(" ");
                    return <span class={names || undefined}><Text of={text} also={marked} /></span>;
                });
            })}
            {gone.map((code) => <Chip code={code} />)}
        </code>
    );
}

function HunkRows({ hunk, nix }: { hunk: Hunk; nix: boolean }) {
    const inner = spans(hunk);
    // Removed and added lines are two versions of the text: each is coloured in its own.
    const states: Record<"old" | "new", State> = { old: "code", new: "code" };
    return (
        <tbody>
            <tr class="hunk">
                <td colSpan={4}>
                    Lines {hunk.new_start} to {hunk.new_start + Math.max(hunk.new_lines - 1, 0)}
                </td>
            </tr>
            {hunk.lines.map((line) => {
                const side = line.kind === "-" ? "old" : "new";
                const { tokens, state } = nix
                    ? tokenize(line.text, states[side])
                    : { tokens: [{ kind: "plain", text: line.text } as const], state: "code" as const };
                states[side] = state;
                if (line.kind === " ") states.old = state;
                const { glyph, word, name } = GLYPHS[line.kind];
                return (
                    <tr class={`line-${name}`}>
                        <td class="number">{line.old ?? ""}</td>
                        <td class="number">{line.new ?? ""}</td>
                        <td class="glyph">
                            <span aria-hidden="true">{glyph}</span>
                            {word && <span class="hidden">{word}</span>}
                        </td>
                        <td class="source"><Code line={line} tokens={tokens} span={inner.get(line)} /></td>
                    </tr>
                );
            })}
        </tbody>
    );
}

/** What the lines below do not show of a file, or hide in plenty. */
function Flags({ of }: { of: ChangedFile[] }) {
    const flagged = of.flatMap(({ path, flags }) => flags.map(({ text }) => ({ path, text })));
    if (flagged.length === 0) return null;
    return (
        <ul class="plain" data-flags>
            {flagged.map(({ path, text }) => <li><code><Text of={path} /></code>: {text}</li>)}
        </ul>
    );
}

function FileDiff({ file }: { file: DiffFile }) {
    const { added, removed } = counts(file);
    const moved = file.old_path !== null && file.old_path !== file.path;
    return (
        <details class="file" open={added + removed <= OPEN_UP_TO}>
            <summary>
                <span class="file-path">
                    {moved && <><Text of={file.old_path ?? ""} /> → </>}
                    <Text of={file.path} />
                </span>
                <span class="file-facts">
                    {CHANGES[file.change]}
                    <span class="plus">+{added}</span><span class="minus">−{removed}</span>
                </span>
            </summary>
            <div class="diff-scroll" role="region" aria-label={`Diff of ${visible(file.path)}`} tabIndex={0}>
                <table class="diff">
                    <caption class="hidden">
                        <Text of={file.path} />: {added} lines added, {removed} removed
                    </caption>
                    <thead class="hidden">
                        <tr>
                            <th scope="col">Old line</th><th scope="col">New line</th>
                            <th scope="col">Change</th><th scope="col">Text</th>
                        </tr>
                    </thead>
                    {file.hunks.map((hunk) => <HunkRows hunk={hunk} nix={file.path.endsWith(".nix")} />)}
                </table>
            </div>
        </details>
    );
}

/** `known`: the files as the proposal names them, with what is to be known of each. */
export function DiffView({ files, known }: { files: DiffFile[]; known: ChangedFile[] }) {
    if (files.length === 0) return <p class="muted">No file changes.</p>;
    return (
        <>
            <Flags of={known} />
            {files.map((file) => <FileDiff file={file} />)}
        </>
    );
}
