import { describe, expect, test } from "vitest";
import type { Applying, Outcome } from "../src/api/types.ts";
import { phase, whyBack } from "../src/core/applying.ts";
import { confirmation } from "../src/core/confirm.ts";
import { hex } from "../src/core/digest.ts";
import { countdown } from "../src/core/time.ts";

const CONFIRM = { nonce: "ab".repeat(32), since: "2026-05-01T12:00:00Z", until: "2026-05-01T12:02:00Z", because: "" };

function apply(names: string[], more: Partial<Applying> = {}): Applying {
    const steps = names.map((step) => ({ step, detail: "", at: "2026-05-01T12:00:00Z" }));
    return { intent_at: "2026-05-01T12:00:00Z", deadline: null, steps, confirm: null, outcome: null, ...more };
}

function ended(names: string[], outcome: Outcome["outcome"]): Applying {
    const end = { outcome, reason: "", from: null, to: null, running: null, checks: [], residue: [], settled: false };
    return apply(names, { outcome: end });
}

describe("where an apply stands", () => {
    test.each([
        ["switching", null], ["switching", apply([])], ["switching", apply(["way_back_armed", "activated", "healthy"])],
        ["waiting", apply(["healthy", "confirm_wanted"], { confirm: CONFIRM })],
        ["keeping", apply(["healthy", "confirm_wanted", "confirmed_by"])], ["keeping", apply(["healthy", "profile_set"])],
        ["taking_back", apply(["healthy", "confirm_wanted", "cancelled_by"])], ["taking_back", apply(["activated", "taking_back"])],
        ["over", ended(["healthy"], "confirmed")],
    ])("%s", (wanted, of) => expect(phase(of)).toBe(wanted));

    test("why it was taken back is read off what came before", () => {
        expect(whyBack(ended(["confirm_wanted", "taking_back"], "rolled_back"))).toBe("unconfirmed");
        expect(whyBack(ended(["confirm_wanted", "cancelled_by", "taking_back"], "rolled_back"))).toBe("cancelled");
        expect(whyBack(ended(["activated", "taking_back"], "rolled_back"))).toBe("unwell");
        expect(whyBack(ended(["confirm_wanted", "confirmed_by", "taking_back"], "rolled_back"))).toBe("unwell");
        expect(whyBack(ended(["healthy"], "confirmed"))).toBeNull();
    });

    test("a countdown never shows more than is left, and never less than nothing", () => {
        expect([102_999, 60_000, 9_001, 999, 0, -5000].map(countdown)).toEqual(["1:42", "1:00", "0:09", "0:00", "0:00", "0:00"]);
    });
});

describe("a confirmation", () => {
    test("signs the nonce under its own name, with the digest of its bytes", async () => {
        const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
        const made = await confirmation(CONFIRM, { keyId: "SHA256:x", label: "", privateKey: pair.privateKey });
        const bytes = (text: string) => new TextEncoder().encode(text);
        const signature = Uint8Array.from(atob(made.signature), (c) => c.charCodeAt(0));
        const fits = (text: string) => crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, pair.publicKey, signature, bytes(text));
        expect(await fits(`agentd-confirm@v1:${CONFIRM.nonce}`)).toBe(true);
        expect(await fits(`agentd-approve@v1:${CONFIRM.nonce}`)).toBe(false);
        expect(made.signed_digest).toBe(hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(CONFIRM.nonce)))));
    });

    test.each(["", "ab", "AB".repeat(32), "zz".repeat(32), `${"ab".repeat(32)}\n`])("%j is no nonce and is not signed", async (nonce) => {
        const key = { keyId: "SHA256:x", label: "", privateKey: null as unknown as CryptoKey };
        await expect(confirmation({ ...CONFIRM, nonce }, key)).rejects.toThrow("Nothing was signed");
    });
});
