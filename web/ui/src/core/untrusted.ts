// Text from outside may hold characters that change what a reader sees without being seen: bidi
// controls, zero-width and control characters. They are cut out here, to be drawn as chips.

export type Piece = { text: string } | { code: string };

// C0 (without tab and newline), DEL and C1, soft hyphen, Arabic letter mark, Hangul and Khmer fillers,
// Mongolian separators, zero-width, bidi and line controls, variation selectors that hide data, tags.
const HIDDEN = new RegExp(
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5"
    + "\\u180b-\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb"
    + "\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]", "u",
);

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
