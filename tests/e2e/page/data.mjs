// Proposals as a machine would have them, hostile ones included. Times count back from now.
import { sha256 } from "./canonical.mjs";

export const HOST = "attic";
export const POLICY = sha256("policy");
export const RUNNING = "/nix/store/6b1kq0c3v9x8zj2m4n5p7r8s9a0d1f2g-nixos-system-attic-25.11.20260418";
const STORE = "/nix/store/";

let counter = 0;
export function ulid() {
    counter += 1;
    const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let tail = "";
    for (let n = counter; tail.length < 6; n = Math.floor(n / 32)) tail = digits[n % 32] + tail;
    return `01JZ4Q7M2N8X5R3W6T9V${tail}`;
}

export function ago(minutes) {
    return new Date(Date.now() - minutes * 60_000).toISOString().replace("Z", "000Z");
}

function path(name) {
    return `${STORE}${sha256(name).slice(0, 32).replaceAll(/[eotu]/g, "x")}-${name}`;
}

export function effect(area, kind, subject, before, after, risk, sentence) {
    return { area, kind, subject, before, after, risk, sentence };
}

export function effects(name, list, closure = {}) {
    const sorted = [...list].sort((a, b) => (
        [a.area, a.kind, a.subject].join("\0") < [b.area, b.kind, b.subject].join("\0") ? -1 : 1));
    return {
        schema: "agentd.effects/1", from: RUNNING, to: path(`nixos-system-attic-${name}`), effects: sorted,
        closure: {
            paths_added: 4, paths_removed: 2, bytes_before: 4_812_340_224, bytes_after: 4_820_115_456,
            ...closure,
        },
        reboot_needed: false, truncated: false,
    };
}

export function evidence(level, status, minutes, summary, extra = {}) {
    return {
        schema: "agentd.evidence/1", level, status, started: ago(minutes), duration_ms: 2340, nix_ms: 1900,
        summary, log_blob: sha256(level + summary), result_digest: sha256(`result${level}${summary}`),
        env_digest: null, ...extra,
    };
}

export function passed(minutes) {
    return [
        evidence("intake", "passed", minutes, "1 file, 6 lines, all of it allowed", { duration_ms: 12, nix_ms: 0 }),
        evidence("evaluate", "passed", minutes, "one system, no assertion failed", { duration_ms: 4180 }),
        evidence("build", "passed", minutes, "7 of 1,102 paths were built here, 3 came from the cache", { duration_ms: 92_400 }),
        evidence("effects", "passed", minutes, "1,102 paths compared", { duration_ms: 51, nix_ms: 0 }),
        evidence("dry_activate", "passed", minutes, "restarts sshd.service; stops nothing", { duration_ms: 640, nix_ms: 0 }),
    ];
}

export function verdict(level, presence, reasons, would_change = []) {
    return { schema: "agentd.verdict/1", level, presence, reasons, would_change, policy_sha256: POLICY };
}

export function reason(rule, effectOf, level, why, because = "") {
    return { rule, effect: effectOf, level, why, because };
}

export function line(kind, old, fresh, text, marks = [], { pair = null, changed = [], colours = [] } = {}) {
    return { kind, old, new: fresh, text, marks, pair, changed, colours };
}

const NIX = /(?<comment>#.*)|(?<string>"[^"]*")|(?<keyword>\b(?:let|in|with|inherit)\b)|(?<constant>\b(?:true|false|null)\b)|(?<path>\.\/[\w./-]+)|(?<attribute>[\w.-]+)(?=[^\[=]* =)|(?<number>\b\d+\b)/g;
/** A line of Nix as the daemon would colour it, about; `''` begins and ends a string of its own. */
export function nix(kind, old, fresh, text, { pair = null, changed = [], inside = false, marks = [] } = {}) {
    const colours = inside ? [[0, text.length, "string"]] : [...text.matchAll(NIX)].map((found) => {
        const [name] = Object.entries(found.groups).find(([, value]) => value !== undefined);
        return [found.index, found.index + found[0].length, name];
    });
    return line(kind, old, fresh, text, marks, { pair, changed, colours });
}

let number = 0;
/** A new machine counts its proposals from one. */
export function countAnew() {
    number = 0;
}

/** One sentence for each fact, the gravest first; `told` are sentences that speak of several. */
export function explanation(of, told = []) {
    const spoken = new Set(told.flatMap(({ facts }) => facts));
    const ranks = ["critical", "high", "notice", "low", "none"];
    const alone = of.effects.map((one, at) => ({ risk: one.risk, text: one.sentence, facts: [at], place: null }))
        .filter(({ facts }) => !spoken.has(facts[0]));
    const sentences = [...told, ...alone].sort((a, b) => ranks.indexOf(a.risk) - ranks.indexOf(b.risk));
    return { schema: "agentd.explanation/1", headline: sentences[0]?.text ?? "Changes nothing", doubts: [], sentences };
}

/** A Detail with everything the contract asks for; `over` says what is special about this one. */
export function proposal(title, minutes, over) {
    number += 1;
    const base = {
        id: ulid(), number, kind: "change", state: "decided", title, host: HOST, source: "words",
        proposer: { id: "alice", kind: "human" }, created: ago(minutes), updated: ago(minutes / 2),
        level: "approve", presence: "browser", risk: "low", headline: "", landed: false, outcome: null,
        rationale: "", goal: null, observation: null, operations: null, base_commit: sha256("base").slice(0, 40),
        base_branch: "main", candidate_commit: sha256(title).slice(0, 40), files: [], refusal: null,
        evidence: [], warnings: [], toplevel: null, drv: null, effects: null, explanation: null, switch: null, options: null, disagreement: null, new_warnings: null, inputs: null, hosts: null, so_far: null, verdict: null, approval: null,
        agreement: null, apply: null, landing: null, history: [], statement_ready: false, blocked: null,
        act: null, rollback: null, notes: [],
    };
    const made = { ...base, ...over };
    if (made.kind !== "change") Object.assign(made, { base_commit: null, base_branch: null, candidate_commit: null, drv: null });
    if (made.effects && made.kind !== "act") {
        made.toplevel ??= made.effects.to;
        if (made.kind === "change") made.drv ??= `${made.effects.to}.drv`;
    }
    if (made.effects) made.explanation ??= explanation(made.effects);
    if (made.verdict) {
        made.level = made.verdict.level;
        made.presence = made.verdict.presence;
    }
    made.statement_ready = made.state === "decided";
    return made;
}
