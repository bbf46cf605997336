import { expect, test } from "vitest";
import { keyId } from "../src/core/digest.ts";
import { makeKey, sign, signLogin } from "../src/core/key.ts";

test("a signature is raw r and s, over the domain and the digest, and fits the public key", async () => {
    const { key, spki } = await makeKey("test");
    const digest = "c".repeat(64);
    const signature = Uint8Array.from(atob(await sign(key, digest)), (c) => c.charCodeAt(0));
    expect(signature).toHaveLength(64);
    const bytes = Uint8Array.from(atob(spki), (c) => c.charCodeAt(0));
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const open = await crypto.subtle.importKey("spki", bytes, algorithm, true, ["verify"]);
    const signed = new TextEncoder().encode(`agentd-approve@v1:${digest}`);
    expect(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, open, signature, signed)).toBe(true);
    expect(key.keyId).toBe(await keyId(bytes));
    expect(key.keyId).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
});

test("a login is signed under its own name, so that it is no approval of anything", async () => {
    const { key, spki } = await makeKey("test");
    const challenge = "c".repeat(64);
    const signature = Uint8Array.from(atob(await signLogin(key, challenge)), (c) => c.charCodeAt(0));
    const bytes = Uint8Array.from(atob(spki), (c) => c.charCodeAt(0));
    const open = await crypto.subtle.importKey("spki", bytes, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
    const fits = (text: string) => crypto.subtle.verify(
        { name: "ECDSA", hash: "SHA-256" }, open, signature, new TextEncoder().encode(text),
    );
    expect(await fits(`agentd-login@v1:${challenge}`)).toBe(true);
    expect(await fits(`agentd-approve@v1:${challenge}`)).toBe(false);
});

test("the private key cannot be read out", async () => {
    const { key } = await makeKey("test");
    expect(key.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("pkcs8", key.privateKey)).rejects.toThrow();
});
