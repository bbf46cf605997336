// A proposal and a statement about it that fit each other; tests change one thing.
import type { Detail, StatementAnswer } from "../src/api/types.ts";
import { canonical } from "../src/core/canonical.ts";
import { sha256Hex } from "../src/core/digest.ts";

export const NOW = new Date("2026-05-01T12:00:00Z");
const FROM = "/nix/store/aaaa-system";
const TO = "/nix/store/bbbb-system";

export function detail(change: Partial<Detail> = {}): Detail {
    return {
        id: "01JZ0000000000000000000001", number: 1, kind: "change", state: "decided", title: "Install ripgrep",
        host: "attic", source: "words", proposer: { id: "alice", kind: "human" },
        created: "2026-05-01T11:00:00.000000Z", updated: "2026-05-01T11:05:00.000000Z",
        level: "approve", presence: "browser", risk: "low", headline: "1 package", landed: false,
        outcome: null, rationale: "", goal: null, observation: null, operations: null,
        base_commit: "1".repeat(40), base_branch: "main", candidate_commit: "2".repeat(40), files: [],
        refusal: null, evidence: [], warnings: [], toplevel: TO, drv: "/nix/store/dddd.drv",
        effects: {
            schema: "agentd.effects/1", from: FROM, to: TO,
            effects: [{
                area: "packages", kind: "package_added", subject: "ripgrep", before: null,
                after: "14.1.0", risk: "low", sentence: "ripgrep 14.1.0 is installed",
            }],
            closure: { paths_added: 1, paths_removed: 0, bytes_before: 10, bytes_after: 20 },
            reboot_needed: false, truncated: false,
        },
        explanation: null,
        switch: null,
        options: null, disagreement: null, new_warnings: null, inputs: null, hosts: null, so_far: null,
        verdict: {
            schema: "agentd.verdict/1", level: "approve", presence: "browser", reasons: [],
            would_change: [], policy_sha256: "9".repeat(64),
        },
        approval: null, agreement: null, apply: null, landing: null, history: [], statement_ready: true, blocked: null,
        act: null, rollback: null, notes: [],
        ...change,
    };
}

export async function statementFor(
    of: Detail, change: Record<string, unknown> = {},
): Promise<StatementAnswer> {
    const statement = canonical({
        schema: "agentd.statement/2", proposal: of.id, revision: "3".repeat(64),
        author: { binding: null, id: of.proposer.id, kind: of.proposer.kind, via: "page" }, typed_host: false, told: { source: of.source, checks: null, options_disagree: null },
        base_commit: of.base_commit, candidate_commit: of.candidate_commit,
        base_tree_sha256: "4".repeat(64), candidate_tree_sha256: "5".repeat(64),
        flake_lock_sha256: "6".repeat(64), act: null, host: of.host, machine_id: "7".repeat(32),
        from: { nar_hash: "sha256-x", path: of.effects?.from ?? FROM }, drv: of.drv,
        toplevel: of.toplevel, toplevel_nar_hash: "sha256-y", closure_manifest_sha256: "8".repeat(64),
        effects_sha256: await sha256Hex(canonical(of.effects)), page_sha256: "a".repeat(64),
        policy_sha256: of.verdict?.policy_sha256 ?? null, required_level: "approve", mode: "switch",
        rollback_to: null, not_before: null, expires: "2026-05-01T13:00:00.000000Z",
        nonce: "b".repeat(32), ...change,
    });
    return { statement, statement_sha256: await sha256Hex(statement) };
}
