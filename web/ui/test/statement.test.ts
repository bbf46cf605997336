import { describe, expect, test } from "vitest";
import type { Detail } from "../src/api/types.ts";
import { canonical } from "../src/core/canonical.ts";
import { sha256Hex } from "../src/core/digest.ts";
import { checkStatement } from "../src/core/statement.ts";
import { detail, NOW, statementFor } from "./support.ts";

async function wrong(answer: Awaited<ReturnType<typeof statementFor>>, shown: Detail, now = NOW) {
    const { checks } = await checkStatement(answer, shown, now);
    return checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

describe("the checks before signing", () => {
    test("a statement about what is shown is signed", async () => {
        expect(await wrong(await statementFor(detail()), detail())).toEqual([]);
    });

    test("an announced digest that is not the digest of the bytes is refused", async () => {
        const answer = await statementFor(detail());
        expect(await wrong({ ...answer, statement_sha256: "0".repeat(64) }, detail()))
            .toEqual(["Its digest was computed here"]);
    });

    test.each([
        ["toplevel", "/nix/store/evil-system"], ["drv", "/nix/store/evil.drv"],
        ["candidate_commit", "f".repeat(40)], ["base_commit", "f".repeat(40)],
        ["proposal", "01JZ0000000000000000000009"], ["host", "cellar"],
        ["policy_sha256", "f".repeat(64)], ["effects_sha256", "f".repeat(64)],
        ["from", { nar_hash: "sha256-x", path: "/nix/store/other" }],
        ["expires", "2026-05-01T11:59:59.000000Z"], ["expires", null], ["schema", "agentd.statement/1"],
        ["author", { binding: null, id: "mallory", kind: "human", via: "page" }],
    ])("another %s is refused", async (field, value) => {
        expect(await wrong(await statementFor(detail(), { [field]: value }), detail())).not.toEqual([]);
    });

    test("effects that differ in one word from the ones shown are refused", async () => {
        const shown = detail();
        const answer = await statementFor(shown);
        shown.effects!.effects[0]!.risk = "none";
        expect(await wrong(answer, shown)).toEqual(["The effects are the ones on this page"]);
    });

    test("a field more, a field fewer, a doubled key or a space is refused", async () => {
        const { statement } = await statementFor(detail());
        const fields = JSON.parse(statement) as Record<string, unknown>;
        const { nonce: _, ...fewer } = fields;
        const spellings = [
            canonical({ ...fields, extra: 1 }), canonical(fewer), `${statement} `,
            statement.replace('"host":', '"host":"cellar","host":'), "[]", "", "null",
        ];
        for (const text of spellings) {
            const answer = { statement: text, statement_sha256: await sha256Hex(text) };
            expect(await wrong(answer, detail())).toContain("The statement is well formed");
        }
    });

    test("a change whose effects are not shown is refused", async () => {
        const shown = detail({ effects: null });
        expect(await wrong(await statementFor(detail()), shown))
            .toContain("The effects are the ones on this page");
    });
});

describe("acts and rollbacks", () => {
    const act = { schema: "agentd.act/1", act: "restart_unit", unit: "nginx.service" };
    const none = { base_commit: null, base_branch: null, candidate_commit: null, drv: null };
    const acting = () => detail({ ...none, kind: "act", act, toplevel: null });
    const back = () => detail({ ...none, kind: "rollback", rollback: { to: "/nix/store/bbbb-system", generation: 41 } });
    const NAME = "It does what is shown here, and in that way";

    test("are signed when the statement says the same, in the same way", async () => {
        expect(await wrong(await statementFor(acting(), { mode: "act", act: canonical(act) }), acting())).toEqual([]);
        const to = "/nix/store/bbbb-system";
        expect(await wrong(await statementFor(back(), { mode: "rollback", rollback_to: to }), back())).toEqual([]);
    });

    test.each([
        ["an act as a switch", acting, { act: canonical(act) }],
        ["another act", acting, { mode: "act", act: canonical({ ...act, unit: "sshd.service" }) }],
        ["no act", acting, { mode: "act" }],
        ["another system", back, { mode: "rollback", rollback_to: "/nix/store/evil-system" }],
        ["a change with an act", detail, { act: canonical(act) }],
        ["a change as a test", detail, { mode: "test" }],
    ])("%s is refused", async (_, of, change) => {
        expect(await wrong(await statementFor(of(), change), of())).toEqual([NAME]);
    });
});
