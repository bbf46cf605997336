// The layer's own canonical JSON and digests, written apart from the page's, so that one fault cannot
// hide in both.
import { createHash, createPublicKey, verify } from "node:crypto";

export function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((k) => `${JSON.stringify(k)}:${canonical(value[k])}`).join(",")}}`;
}

export function sha256(data) {
    return createHash("sha256").update(data).digest("hex");
}

export function keyId(spki) {
    return `SHA256:${createHash("sha256").update(spki).digest("base64").replace(/=+$/, "")}`;
}

/** True when `presence` is what this public key's owner signed for this statement. */
export function isSigned(spki, statement, presence) {
    const digest = sha256(statement);
    if (presence.signed_digest !== digest) return false;
    return isBy(spki, `agentd-approve@v1:${digest}`, presence);
}

/** True when `presence` is what this public key's owner signed to confirm what runs since `nonce` was made. */
export function isConfirmation(spki, nonce, presence) {
    if (presence.signed_digest !== sha256(nonce)) return false;
    return isBy(spki, `agentd-confirm@v1:${nonce}`, presence);
}

/** True when the owner of this public key signed this challenge to log in. */
export function isLogin(spki, challenge, signature) {
    return isBy(spki, `agentd-login@v1:${challenge}`, { method: signature.includes(".") ? "passkey" : "browser", signature });
}

function isBy(spki, text, { method, signature }) {
    if (method === "passkey") return isAsserted(spki, text, signature);
    return method === "browser" && fits(spki, text, signature);
}

const raw = (data) => createHash("sha256").update(data).digest();

/** What a passkey answered: who was asked for what, and the bytes that were signed. */
export function read(text, type, words) {
    const [data, client, rest] = text.split(".").map((part) => Buffer.from(part, "base64"));
    const asked = JSON.parse(client.toString());
    const good = asked.type === type && asked.challenge === raw(words).toString("base64url") && !asked.crossOrigin
        && /^http:\/\/localhost:\d+$/.test(asked.origin) && data.subarray(0, 32).equals(raw("localhost")) && (data[32] & 5) === 5;
    return { good, data, client, rest, counter: data.readUInt32BE(33) };
}

function isAsserted(spki, words, text) {
    const { good, data, client, rest } = read(text, "webauthn.get", words);
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    return good && verify("sha256", Buffer.concat([data, raw(client)]), key, rest);
}

function fits(spki, text, signature) {
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    return verify("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64"));
}
