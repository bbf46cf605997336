// RFC 8785 on the daemon's subset of JSON: null, booleans, integers within 2^53, strings, lists and
// objects. What cannot be written the one way is refused, never guessed.

function number(value: number): string {
    if (!Number.isSafeInteger(value)) throw new Error(`not an integer within 2^53: ${value}`);
    return String(value === 0 ? 0 : value);
}

function string(value: string): string {
    if (!value.isWellFormed()) throw new Error("a string holds half a surrogate pair");
    // For well-formed strings JSON.stringify escapes exactly what RFC 8785 asks for.
    return JSON.stringify(value);
}

function object(value: object): string {
    // RFC 8785 sorts keys by UTF-16 code units, which is what sort() does.
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${fields.map(([key, item]) => `${string(key)}:${canonical(item)}`).join(",")}}`;
}

export function canonical(value: unknown): string {
    if (value === null) return "null";
    if (typeof value === "boolean") return value ? "true" : "false";
    if (typeof value === "number") return number(value);
    if (typeof value === "string") return string(value);
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (typeof value === "object") return object(value);
    throw new Error(`not a JSON value: ${typeof value}`);
}
