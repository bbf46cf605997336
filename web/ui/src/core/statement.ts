// Before this browser signs, it checks for itself that the statement is about what is on the screen.
// The daemon is not trusted here: a statement for another toplevel, another host or other effects
// than the ones shown is not signed.
import type { Detail, StatementAnswer } from "../api/types.ts";
import { canonical } from "./canonical.ts";
import { sha256Hex } from "./digest.ts";

export interface Check {
    name: string;
    ok: boolean;
    detail: string;
}

export interface Checked {
    checks: Check[];
    sha256: string;
    fields: Record<string, unknown>;
}

export const FIELDS = [
    "act", "author", "base_commit", "base_tree_sha256", "candidate_commit", "candidate_tree_sha256",
    "closure_manifest_sha256", "drv", "effects_sha256", "expires", "flake_lock_sha256", "from",
    "host", "machine_id", "mode", "nonce", "not_before", "page_sha256", "policy_sha256", "proposal",
    "required_level", "revision", "rollback_to", "schema", "told", "toplevel", "toplevel_nar_hash",
    "typed_host",
] as const;

const MAX_BYTES = 64 * 1024;

function parse(text: string): Record<string, unknown> {
    try {
        const value: unknown = JSON.parse(text);
        return value && typeof value === "object" && !Array.isArray(value)
            ? (value as Record<string, unknown>)
            : {};
    } catch {
        return {};
    }
}

/** True when the bytes are the one canonical spelling: no doubled key, no hidden field. */
function wellFormed(text: string, fields: Record<string, unknown>): boolean {
    try {
        return canonical(fields) === text
            && fields["schema"] === "agentd.statement/2"
            && Object.keys(fields).join() === FIELDS.join();
    } catch {
        return false;
    }
}

function short(value: unknown): string {
    if (typeof value !== "string") return String(value);
    return value.length > 28 ? `${value.slice(0, 27)}…` : value;
}

type Pair = [string, unknown, unknown];

function same(name: string, pairs: Pair[]): Check {
    const wrong = pairs.find(([, said, shown]) => said !== shown);
    return {
        name,
        ok: !wrong,
        detail: wrong
            ? `${wrong[0]}: the statement says ${short(wrong[1])}, this page shows ${short(wrong[2])}`
            : pairs.map(([field]) => field).join(", "),
    };
}

async function effectsCheck(fields: Record<string, unknown>, shown: Detail): Promise<Check> {
    const name = "The effects are the ones on this page";
    const from = fields["from"] as { path?: unknown } | null;
    if (!shown.effects) return { name, ok: false, detail: "this page shows no effects" };
    const digest = await sha256Hex(canonical(shown.effects));
    return same(name, [
        ["effects_sha256", fields["effects_sha256"], digest],
        ["from", from?.path, shown.effects.from],
        // An act makes no other system: its effects are about the one that runs.
        ...(shown.kind === "act" ? [] : [["to", fields["toplevel"], shown.effects.to] as Pair]),
    ]);
}

const MODES: Record<Detail["kind"], string> = { change: "switch", act: "act", rollback: "rollback" };

/** A change, an act and a rollback are carried out in different ways: the statement names one of them. */
function kindCheck(fields: Record<string, unknown>, shown: Detail): Check {
    return same("It does what is shown here, and in that way", [
        ["mode", fields["mode"], MODES[shown.kind]],
        ["act", fields["act"], shown.act ? canonical(shown.act) : null],
        ["rollback_to", fields["rollback_to"], shown.rollback?.to ?? null],
    ]);
}

function timeCheck(fields: Record<string, unknown>, now: Date): Check {
    const name = "It is valid now";
    const expires = Date.parse(String(fields["expires"]));
    const begins = fields["not_before"] === null ? 0 : Date.parse(String(fields["not_before"]));
    // A window's approval may begin later; one that has ended is of no use.
    const ok = expires > now.getTime() && !Number.isNaN(begins);
    return { name, ok, detail: ok ? `until ${String(fields["expires"])}` : "it has run out" };
}

export async function checkStatement(
    answer: StatementAnswer, shown: Detail, now: Date,
): Promise<Checked> {
    const sha256 = await sha256Hex(answer.statement);
    const fields = parse(answer.statement);
    const bytes = new TextEncoder().encode(answer.statement).length;
    const exact = wellFormed(answer.statement, fields) && bytes <= MAX_BYTES;
    const checks: Check[] = [
        {
            name: "The statement is well formed",
            ok: exact,
            detail: exact ? `${bytes} bytes, canonical` : "fields or spelling are not the contract's",
        },
        same("Its digest was computed here", [["sha256", answer.statement_sha256, sha256]]),
        same("It names this proposal and machine", [
            ["proposal", fields["proposal"], shown.id],
            ["host", fields["host"], shown.host],
            ["author", (fields["author"] as { id?: unknown } | null)?.id, shown.proposer.id],
        ]),
        same("It names the commits and the build shown here", [
            ["base_commit", fields["base_commit"], shown.base_commit],
            ["candidate_commit", fields["candidate_commit"], shown.candidate_commit],
            ["drv", fields["drv"], shown.drv],
            ["toplevel", fields["toplevel"], shown.toplevel],
        ]),
        kindCheck(fields, shown),
        await effectsCheck(fields, shown),
        same("It was decided by the policy shown here", [
            ["policy_sha256", fields["policy_sha256"], shown.verdict?.policy_sha256],
        ]),
        timeCheck(fields, now),
    ];
    return { checks, sha256, fields };
}
