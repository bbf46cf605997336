// A daemon of the contract's shape, in memory: sessions, statements, approvals that are truly
// verified, an apply that takes its steps, a log, and the event stream.
import { EventEmitter } from "node:events";
import { randomBytes } from "node:crypto";
import { apply } from "./applying.mjs";
import { canonical, isLogin, isSigned, keyId, read, sha256 } from "./canonical.mjs";
import { ago, HOST, POLICY, RUNNING, ulid } from "./data.mjs";
import { HOSTILE, proposals, RLO } from "./proposals.mjs";
import { Refusal } from "./refusal.mjs";

const SUMMARY = ["id", "number", "kind", "state", "title", "host", "source", "proposer", "created", "updated", "level",
    "presence", "risk", "headline", "landed", "outcome"];

/** Why nothing can be signed, in the daemon's words. */
const BLOCKED = {
    drafted: "it is still being tested", checking: "it is still being tested", verified: "policy has not spoken yet",
    denied: "it is denied: no approval is taken for it", refused: "a check refused it", approved: "it is approved already",
    stale: "base, policy or machine changed since it was tested; verify it again",
    expired: "the approval ran out; verify it again", applying: "it is being applied",
};

export class Machine {
    /** @param confirmMs how long a change of network or SSH waits for a confirmation (0: it does not)
        @param skewMs how far this machine's clock is ahead of the browser's */
    constructor({ stepMs = 120, confirmMs = 0, skewMs = 0 } = {}) {
        Object.assign(this, { stepMs, confirmMs, skewMs, silent: false, frozen: null, connectionsTried: [] });
        this.applies = new Map();
        this.cases = proposals();
        this.proposals = Object.values(this.cases);
        this.events = new EventEmitter().setMaxListeners(0);
        this.ring = [];
        this.entries = [];
        this.tokens = new Map();
        this.sessions = new Map();
        this.approvers = new Map();
        this.challenges = new Set();
        this.statements = new Map();
        this.logs = new Map();
        this.verifyProblem = null;
        this.seed();
    }

    seed() {
        this.record("log.opened", "log", { origin: `${HOST}/agentd`, vkey: "…" }, "system", "agentd-auditd", 20_000);
        for (let i = 0; i < 90; i += 1) {
            const subject = `unit:restic-${i}`;
            this.record("observation.opened", subject, { key: subject, kind: "unit_failed", title: `restic-${i}.service failed`, detail: "", severity: "warning", trusted: true, remedy: null }, "system", "agentd", 19_000 - i * 20);
        }
        const oldestFirst = [...this.proposals].sort((a, b) => a.created.localeCompare(b.created));
        for (const one of oldestFirst) this.seedProposal(one);
    }

    seedProposal(one) {
        const minutes = (Date.now() - Date.parse(one.created)) / 60_000;
        const actor = [one.proposer.kind, one.proposer.id];
        this.record("proposal.drafted", one.id, { number: one.number, title: one.title }, ...actor, minutes);
        for (const proof of one.evidence) this.record("evidence.recorded", one.id, proof, "system", "agentd", minutes - 1);
        if (one.verdict) this.record("decision.made", one.id, { verdict: one.verdict, policy_sha256: POLICY }, "system", "agentd", minutes - 2);
        if (one.refusal) this.record("proposal.refused", one.id, one.refusal, "system", "agentd", minutes - 2);
        if (one.apply?.outcome) this.record("apply.outcome", one.id, one.apply.outcome, "system", "agentd-applyd", minutes - 3);
        this.logs.set(`${one.id}/build`, `building ${one.title}\n\u001b[31;1merror:\u001b[0m ${HOSTILE} ${RLO}txet\nlast line\n`);
    }

    /** One entry in the log, in the history of its proposal, and on the stream. */
    freeze(because) {
        this.frozen = { since: new Date().toISOString(), because };
        this.record("apply.brake", `host:${HOST}`, { brake: "frozen", path: null, reason: because, peer_uid: 0 }, "human", "root");
    }

    unfreeze() {
        this.frozen = null;
        this.record("apply.brake", `host:${HOST}`, { brake: "unfrozen", path: null, reason: "", peer_uid: 0 }, "human", "root");
    }

    record(type, subject, body, kind, id, minutes = 0) {
        const index = this.entries.length;
        const entry = {
            actor: { id, kind, uid: kind === "human" ? 1000 : 998 }, body, boot_id: "b6a1", cause: null, id: ulid(),
            mono_us: index, schema: "agentd.audit/1", subject, time: ago(minutes), type,
        };
        this.entries.push({ index, entry });
        const one = this.proposals.find((p) => p.id === subject);
        one?.history.push({ index, type, time: entry.time, actor: id, text: body.message ?? type.replace(".", " ") });
        this.emit("entry", { index, type, subject, time: entry.time });
    }

    emit(event, data) {
        const message = { id: this.ring.length + 1, event, data };
        this.ring.push(message);
        if (!this.silent) this.events.emit("message", message);
    }

    printLog(one, level, seq, lines) {
        this.emit("log", { proposal: one.id, level, seq, lines });
    }

    find(id) {
        const one = this.proposals.find((p) => p.id === id || String(p.number) === id);
        if (!one) throw new Refusal(404, "not_found", `There is no proposal ${id}`, null, "agentctl list --all");
        return one;
    }

    summary(one) {
        return Object.fromEntries(SUMMARY.map((name) => [name, one[name]]));
    }

    detail(one) {
        const { diff: _, ...detail } = one;
        const blocked = one.blocked ?? BLOCKED[one.state] ?? (one.state === "decided" ? null : "it is over");
        return { ...detail, blocked };
    }

    move(one, state, reason = "") {
        this.record("proposal.state", one.id, { from: one.state, to: state, reason }, "system", "agentd");
        one.state = state;
        one.updated = ago(0);
        one.statement_ready = state === "decided";
    }

    invite() {
        const token = randomBytes(32).toString("base64url");
        this.tokens.set(token, true);
        return token;
    }

    pair({ token, spki, passkey, label }) {
        if (!this.tokens.delete(token)) {
            throw new Refusal(403, "denied", "This link is used up or too old", null, "agentctl web login");
        }
        const made = passkey && read(passkey, "webauthn.create", `agentd-enrol@v1:${token}`);
        if (made && !made.good) throw new Refusal(403, "wrong_challenge", "This passkey was made for something else");
        const bytes = made ? made.rest : Buffer.from(spki, "base64");
        const length = made?.data.readUInt16BE(53);
        this.approvers.set(keyId(bytes), { key_id: keyId(bytes), name: label, spki: bytes, credential: made?.data.subarray(55, 55 + length).toString("base64") });
        const cookie = this.open(keyId(bytes));
        this.record("approver.enrolled", `host:${HOST}`, { key_id: keyId(bytes), method: made ? "passkey" : "browser", label }, "human", label);
        return { cookie, key_id: keyId(bytes) };
    }

    open(key) {
        const cookie = randomBytes(32).toString("base64url");
        this.sessions.set(cookie, { ...this.approvers.get(key), proof: randomBytes(32).toString("hex") });
        return cookie;
    }

    challenge() {
        const challenge = randomBytes(32).toString("hex");
        this.challenges.add(challenge);
        return challenge;
    }

    login({ key_id, credential, challenge, signature }) {
        if (!this.challenges.delete(challenge)) throw new Refusal(403, "bad_challenge", "The challenge was used");
        const known = credential ? [...this.approvers.values()].find((one) => one.credential === credential) : this.approvers.get(key_id);
        if (!known) throw new Refusal(403, "unknown_key", "This key is no approver's");
        if (!isLogin(known.spki, challenge, signature)) throw new Refusal(403, "bad_signature", "Not signed by this key");
        return { cookie: this.open(known.key_id), key_id: known.key_id, name: known.name };
    }

    statement(one) {
        if (one.state !== "decided") throw new Refusal(409, "stale", `It is ${one.state}, not decided`);
        const change = one.kind === "change";
        const of = (what) => (change ? sha256(what) : null);
        const text = canonical({
            schema: "agentd.statement/2", proposal: one.id, revision: sha256(one.id),
            author: { binding: null, ...one.proposer, via: "page" }, typed_host: false, told: { source: one.source, checks: null, options_disagree: null }, base_commit: one.base_commit,
            candidate_commit: one.candidate_commit, base_tree_sha256: of("a"), candidate_tree_sha256: of("b"),
            flake_lock_sha256: of("c"), act: one.act ? canonical(one.act) : null, host: HOST, machine_id: sha256("m").slice(0, 32),
            from: { nar_hash: "sha256-AAAA", path: RUNNING }, drv: one.drv, toplevel: one.toplevel,
            toplevel_nar_hash: one.act ? null : "sha256-BBBB", closure_manifest_sha256: one.act ? null : sha256("d"),
            effects_sha256: sha256(canonical(one.effects)), page_sha256: sha256("e"), policy_sha256: POLICY,
            required_level: one.level, mode: change ? "switch" : one.kind, rollback_to: one.rollback?.to ?? null, not_before: null,
            expires: ago(-60), nonce: randomBytes(16).toString("hex"), ...this.lie,
        });
        this.statements.set(text, one.id);
        return { statement: text, statement_sha256: sha256(text) };
    }

    approve(one, { statement, presence, apply }, session) {
        if (this.statements.get(statement) !== one.id) throw new Refusal(409, "stale", "This statement is not of this daemon, or was used");
        if (presence.key_id !== session.key_id || !isSigned(session.spki, statement, presence)) {
            throw new Refusal(403, "presence", "The signature does not fit the statement");
        }
        this.statements.delete(statement);
        one.approval = { approver: session.name, method: presence.method, key_id: presence.key_id, at: ago(0) };
        this.record("approval.granted", one.id, { statement, statement_sha256: sha256(statement), presence, approver: session.name }, "human", session.name);
        this.move(one, "approved");
        if (apply) void this.apply(one);
        return { proposal: this.summary(one) };
    }

    apply(one) {
        return apply(this, one);
    }

    /** On this machine's clock, so many milliseconds from now. */
    time(from = 0) {
        return new Date(Date.now() + this.skewMs + from).toISOString().replace("Z", "000Z");
    }
}
