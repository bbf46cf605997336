// What this browser signs with: a passkey, or a key of its own. The latter is made here and can never be read out, not even by this page: another
// program that copies the profile's files gets no key that works elsewhere through WebCrypto.
import { base64, keyId } from "./digest.ts";
import { assert, type Passkey } from "./passkey.ts";

export interface OwnKey {
    keyId: string;
    label: string;
    privateKey: CryptoKey;
}

export type BrowserKey = OwnKey | Passkey;

export interface NewKey {
    key: OwnKey;
    spki: string;
}

export function methodOf(key: BrowserKey): "browser" | "passkey" {
    return "credential" in key ? "passkey" : "browser";
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
// Each is signed under a name of its own: none can be taken for another.
const APPROVAL = "agentd-approve@v1:";
const CONFIRMATION = "agentd-confirm@v1:";
export const LOGIN = "agentd-login@v1:";

/** Why this page cannot hold a key here, or null when it can. */
export function whyNoKeys(): string | null {
    if (!window.isSecureContext || !crypto.subtle) {
        return "The browser lets a page hold keys only over HTTPS or on http://localhost. "
            + "This address is neither.";
    }
    if (typeof indexedDB === "undefined") return "This browser offers no place to keep a key.";
    return null;
}

function open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open("agentd", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("keys");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB is not available"));
    });
}

async function inStore<T>(
    mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
    const database = await open();
    try {
        return await new Promise<T>((resolve, reject) => {
            const transaction = database.transaction("keys", mode);
            const request = work(transaction.objectStore("keys"));
            transaction.oncomplete = () => resolve(request.result);
            transaction.onabort = () => reject(transaction.error ?? new Error("not stored"));
        });
    } finally {
        database.close();
    }
}

export async function makeKey(label: string): Promise<NewKey> {
    const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
    return {
        key: { keyId: await keyId(spki), label, privateKey: pair.privateKey },
        spki: base64(spki),
    };
}

export async function keepKey(key: BrowserKey): Promise<void> {
    await inStore("readwrite", (store) => store.put(key, "credential" in key ? "passkey" : "approve"));
}

export async function storedKey(): Promise<OwnKey | null> {
    if (whyNoKeys()) return null;
    const found = await inStore<OwnKey | undefined>("readonly", (s) => s.get("approve"));
    return found ?? null;
}

/** Which passkey this browser used last; the device keeps the passkey itself. */
export async function storedPasskey(): Promise<Passkey | null> {
    if (whyNoKeys()) return null;
    const found = await inStore<Passkey | undefined>("readonly", (s) => s.get("passkey"));
    return found ?? null;
}

async function signBytes(key: BrowserKey, text: string): Promise<string> {
    if ("credential" in key) return (await assert(text, key.credential)).signature;
    const bytes = new TextEncoder().encode(text);
    const signature = await crypto.subtle.sign(
        { name: "ECDSA", hash: "SHA-256" }, key.privateKey, bytes,
    );
    return base64(new Uint8Array(signature));
}

/** Signs the digest of a statement: raw r‖s in base64, or what a passkey says. */
export function sign(key: BrowserKey, statementSha256: string): Promise<string> {
    return signBytes(key, APPROVAL + statementSha256);
}

export function signConfirm(key: BrowserKey, nonce: string): Promise<string> {
    return signBytes(key, CONFIRMATION + nonce);
}

export function signLogin(key: BrowserKey, challenge: string): Promise<string> {
    return signBytes(key, LOGIN + challenge);
}
