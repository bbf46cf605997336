// Passkeys (WebAuthn): a key of the device or of a security key, which asks who is there each time. What is
// signed goes in as the challenge: the SHA-256 of the same words a browser's own key would sign.
import { ApiError } from "../api/client.ts";
import { base64, keyId, sha256 } from "./digest.ts";

export interface Passkey {
    keyId: string;
    label: string;
    /** Which one it is, to the device: base64. */
    credential: string;
}

/** Whether a page at this address may use passkeys: browsers bind them to a name, and want it secure. */
export function passkeysHere(): boolean {
    return window.isSecureContext && typeof PublicKeyCredential === "function"
        && !/^[\d.]+$|:/.test(location.hostname);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

const utf8 = (text: string) => new TextEncoder().encode(text);

function refused(error: unknown): ApiError {
    const name = error instanceof DOMException ? error.name : "";
    return new ApiError({
        status: 0, code: "no_passkey",
        message: name === "InvalidStateError" ? "This device has a passkey for this machine already."
            : name === "NotAllowedError" ? "No passkey was used: it was cancelled, took too long, or this device has none for this machine."
                : `The browser would not use a passkey: ${error instanceof Error ? error.message : String(error)}`,
        hint: "Try again, or pair this browser with a key of its own.",
    });
}

const joined = (...parts: ArrayBuffer[]) => parts.map((part) => base64(new Uint8Array(part))).join(".");

/** A new passkey, for the one-time token of a link. */
export async function makePasskey(token: string, label: string, host: string): Promise<{ key: Passkey; registration: string }> {
    const challenge = (await sha256(`agentd-enrol@v1:${token}`)) as Uint8Array<ArrayBuffer>;
    try {
        const made = await navigator.credentials.create({
            publicKey: {
                challenge, rp: { name: `agentd on ${host}` },
                user: { id: crypto.getRandomValues(new Uint8Array(16)), name: label, displayName: label },
                pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
                authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
                attestation: "none", timeout: 110_000,
            },
        }) as PublicKeyCredential | null;
        const response = made?.response as AuthenticatorAttestationResponse | undefined;
        const spki = response?.getPublicKey();
        if (!made || !response || !spki) throw new Error("its key is of a kind that the browser cannot name");
        return {
            key: { keyId: await keyId(new Uint8Array(spki)), label, credential: base64(new Uint8Array(made.rawId)) },
            registration: joined(response.getAuthenticatorData(), response.clientDataJSON, spki),
        };
    } catch (error) {
        throw refused(error);
    }
}

/** Signs these words. Without a credential the person chooses among those the device has for this page. */
export async function assert(words: string, credential?: string): Promise<{ credential: string; signature: string }> {
    const challenge = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(words)));
    try {
        const made = await navigator.credentials.get({
            publicKey: {
                challenge, userVerification: "required", timeout: 110_000,
                allowCredentials: credential ? [{ type: "public-key", id: bytesOf(credential) }] : [],
            },
        }) as PublicKeyCredential | null;
        if (!made) throw new Error("it answered nothing");
        const { authenticatorData, clientDataJSON, signature } = made.response as AuthenticatorAssertionResponse;
        return { credential: base64(new Uint8Array(made.rawId)), signature: joined(authenticatorData, clientDataJSON, signature) };
    } catch (error) {
        throw refused(error);
    }
}
