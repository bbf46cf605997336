// Text from outside may hold characters that change what a reader sees without being seen: bidi
// controls, zero-width and control characters. They are cut out here, to be drawn as chips.

import TABLE from "../../../../agentd/core/hidden_code_points.inc?raw";

export type Piece = { text: string } | { code: string };

// The daemon's own table; here a line feed is seen, because it breaks the line.
const RANGES = [...TABLE.matchAll(/\{0x([0-9A-F]+), 0x([0-9A-F]+)\}/g)];
const HIDDEN = new RegExp(`(?!\\n)[${RANGES.map((one) => `\\u{${one[1]}}-\\u{${one[2]}}`).join("")}]`, "u");

// Colours of a terminal say nothing here and would drown a log in chips.
// eslint-disable-next-line no-control-regex
const COLOURS = new RegExp("\\u001b\\[[0-9;:]*[mK]", "g");

export function codePoint(value: number | string): string {
    if (typeof value === "string") return value.toUpperCase();
    return `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** `also`: code points that the daemon marked (look-alikes, say) and that are to be drawn as well. */
export function pieces(text: string, also: ReadonlySet<string> = new Set()): Piece[] {
    if (also.size === 0 && !HIDDEN.test(text)) return text === "" ? [] : [{ text }];
    const result: Piece[] = [];
    let plain = "";
    for (const character of text) {
        const code = codePoint(character.codePointAt(0) ?? 0);
        if (!HIDDEN.test(character) && !also.has(code)) {
            plain += character;
            continue;
        }
        if (plain) result.push({ text: plain });
        plain = "";
        result.push({ code });
    }
    if (plain) result.push({ text: plain });
    return result;
}

/** For places that hold only text: the window's title, an attribute. */
export function visible(text: string): string {
    return pieces(text).map((piece) => ("text" in piece ? piece.text : `[${piece.code}]`)).join("");
}

export function withoutColours(text: string): string {
    return text.replace(COLOURS, "");
}

/** agentd's own words with each store path shortened to what a person compares; the whole one stands under
    "Origin" and in the log. */
export function brief(text: string): string {
    return text.replace(/\/nix\/store\/([a-z0-9]{8})[a-z0-9]{24}-/g, "$1…-");
}
