// Hashes and their spellings.

export function hex(bytes: Uint8Array): string {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function base64(bytes: Uint8Array): string {
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export async function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
    return hex(await sha256(data));
}

/** `SHA256:<base64 without padding>`, as ssh-keygen writes a fingerprint. */
export async function keyId(spki: Uint8Array<ArrayBuffer>): Promise<string> {
    return `SHA256:${base64(await sha256(spki)).replace(/=+$/, "")}`;
}
