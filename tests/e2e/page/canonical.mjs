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
    if (presence.method !== "browser" || presence.signed_digest !== digest) return false;
    return fits(spki, `agentd-approve@v1:${digest}`, presence.signature);
}

/** True when `presence` is what this public key's owner signed to confirm what runs since `nonce` was made. */
export function isConfirmation(spki, nonce, presence) {
    if (presence.method !== "browser" || presence.signed_digest !== sha256(nonce)) return false;
    return fits(spki, `agentd-confirm@v1:${nonce}`, presence.signature);
}

/** True when the owner of this public key signed this challenge to log in. */
export function isLogin(spki, challenge, signature) {
    return fits(spki, `agentd-login@v1:${challenge}`, signature);
}

function fits(spki, text, signature) {
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    return verify("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64"));
}
