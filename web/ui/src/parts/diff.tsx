// The diff the daemon made, tree against tree, as a real table.
import type { ChangedFile, DiffFile, DiffLine, Hunk } from "../api/types.ts";
import { counts, rows, runs } from "../core/diff.ts";
import { type Layout, useLayout } from "../core/layout.ts";
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

function Code({ line }: { line: DiffLine }) {
    const marked = new Set(line.marks.map(({ code_point }) => codePoint(code_point)));
    // A mark whose character is not in the text any more must still be seen.
    const gone = [...marked].filter(
        (code) => !line.text.includes(String.fromCodePoint(Number.parseInt(code.slice(2), 16) || 0)),
    );
    return (
        <code>
            {runs(line).map(({ text, kind, inner }) => {
                const names = [kind && `nix-${kind}`, inner ? "inner" : ""].filter(Boolean).join(" ");
                return <span class={names || undefined}><Text of={text} also={marked} /></span>;
            })}
            {gone.map((code) => <Chip code={code} />)}
        </code>
    );
}

function Glyph({ line }: { line: DiffLine }) {
    const { glyph, word } = GLYPHS[line.kind];
    return (
        <td class="glyph">
            <span aria-hidden="true">{glyph}</span>
            {word && <span class="hidden">{word}</span>}
        </td>
    );
}

function HunkHead({ hunk, columns }: { hunk: Hunk; columns: number }) {
    const last = hunk.new_start + Math.max(hunk.new_lines - 1, 0);
    const says = hunk.new_start === 0 ? "The file itself"
        : last === hunk.new_start ? `Line ${last}` : `Lines ${hunk.new_start} to ${last}`;
    return <tr class="hunk"><td colSpan={columns}>{says}</td></tr>;
}

function UnifiedRows({ hunk }: { hunk: Hunk }) {
    return (
        <tbody>
            <HunkHead hunk={hunk} columns={4} />
            {hunk.lines.map((line) => (
                <tr class={`line-${GLYPHS[line.kind].name}`}>
                    <td class="number">{line.old ?? ""}</td>
                    <td class="number">{line.new ?? ""}</td>
                    <Glyph line={line} />
                    <td class="source"><Code line={line} /></td>
                </tr>
            ))}
        </tbody>
    );
}

/** One side of a row: three cells, or one that is empty. */
function Side({ line, of }: { line: DiffLine | null; of: "old" | "new" }) {
    if (!line) return <td class={`no-line side-${of}`} colSpan={3} />;
    const name = `line-${GLYPHS[line.kind].name}`;
    const number = line[of];
    return (
        <>
            <td class={`number side-${of} ${name}`}>{number ?? ""}</td>
            <Glyph line={line} />
            <td class={`source ${name}`}><Code line={line} /></td>
        </>
    );
}

function SplitRows({ hunk }: { hunk: Hunk }) {
    return (
        <tbody>
            <HunkHead hunk={hunk} columns={6} />
            {rows(hunk).map(({ left, right }) => (
                <tr>
                    <Side line={left} of="old" />
                    <Side line={right} of="new" />
                </tr>
            ))}
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

const COLUMNS: Record<Layout, string[]> = {
    unified: ["Old line", "New line", "Change", "Text"],
    split: ["Old line", "Change", "Old text", "New line", "Change", "New text"],
};

function FileDiff({ file, wanted }: { file: DiffFile; wanted: Layout }) {
    // Of a file that is new or gone one side would be empty.
    const layout = file.change === "modified" ? wanted : "unified";
    const Rows = layout === "split" ? SplitRows : UnifiedRows;
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
                <table class={`diff diff-${layout}`}>
                    <caption class="hidden">
                        <Text of={file.path} />: {added} lines added, {removed} removed
                    </caption>
                    <colgroup>{COLUMNS[layout].map((name) => <col class={`col-${name.split(" ")[1] ?? "glyph"}`} />)}</colgroup>
                    <thead class="hidden">
                        <tr>{COLUMNS[layout].map((name) => <th scope="col">{name}</th>)}</tr>
                    </thead>
                    {file.hunks.map((hunk) => <Rows hunk={hunk} />)}
                </table>
            </div>
        </details>
    );
}

const LAYOUTS: Record<Layout, string> = { split: "Side by side", unified: "One column" };

function Layouts({ now, choose }: { now: Layout; choose: (layout: Layout) => void }) {
    return (
        <div class="layouts" role="group" aria-label="How the diff is laid out">
            {(Object.keys(LAYOUTS) as Layout[]).map((one) => (
                <button type="button" aria-pressed={one === now} onClick={() => choose(one)}>{LAYOUTS[one]}</button>
            ))}
        </div>
    );
}

/** `known`: the files as the proposal names them, with what is to be known of each. */
export function DiffView({ files, known }: { files: DiffFile[]; known: ChangedFile[] }) {
    const { layout, wide, choose } = useLayout();
    if (files.length === 0) return <p class="muted">No file changes.</p>;
    const both = wide && files.some(({ change }) => change === "modified");
    return (
        <>
            <Flags of={known} />
            {both && <Layouts now={layout} choose={choose} />}
            {files.map((file) => <FileDiff file={file} wanted={layout} />)}
        </>
    );
}
