// The API, the files of a change, and the diff the daemon made.

/** `flags`: what a reader of the diff has to know of the file. */
export interface ChangedFile {
    path: string;
    change: string;
    flags: { flag: string; text: string }[];
}

export interface Mark {
    column: number;
    code_point: number | string;
}

export interface DiffLine {
    kind: " " | "+" | "-";
    old: number | null;
    new: number | null;
    text: string;
    marks: Mark[];
    /** Of a line that was rewritten: the number of its other form, on the other side. */
    pair?: number | null;
    /** `[from, to)` in code points, as `marks`: what is otherwise there. */
    changed?: [number, number][];
    /** `[from, to)` and a kind of the colours of Nix; what lies between is plain. */
    colours?: [number, number, string][];
}

export interface Hunk {
    old_start: number;
    old_lines: number;
    new_start: number;
    new_lines: number;
    lines: DiffLine[];
}

export interface DiffFile {
    path: string;
    old_path: string | null;
    change: "added" | "removed" | "modified";
    hunks: Hunk[];
}
