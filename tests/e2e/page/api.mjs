// The HTTP API of the layer's daemon: routes, and the guard that stands before each of them.
import { answerTo } from "./applying.mjs";
import { ago, HOST, proposal, RUNNING } from "./data.mjs";
import { HOSTILE } from "./proposals.mjs";
import { Refusal } from "./refusal.mjs";

const fact = (name, owner, state, text) => ({ name, owner, state, text });

/** Who is trusted how far: one that earned something, one that lost it, under a hostile name. */
function standings() {
    const evidence = { applies: 12, days: 12, span_days: 15, targets: 7, vetoed: 0, newest: ago(24) };
    const none = { applies: 0, days: 0, span_days: 0, targets: 0, vetoed: 0, newest: null };
    return [
        { proposer: { kind: "agent", id: "claude", binding: "1".repeat(64) }, class: "package",
          class_means: "programs for people come, go or move, and no service is touched", host_class: HOST, level: "veto",
          until: ago(-240), reasons: ["a person granted it"], missing: ["0 of 5 days on which one happened that nobody objected to"],
          suggested: null, evidence, bound: "0 faults in 12: at most 25 % of changes go wrong, at 95 % confidence", grant: null, lines: [] },
        { proposer: { kind: "agent", id: HOSTILE, binding: "" }, class: "setting", class_means: "something that runs already runs otherwise",
          host_class: HOST, level: "revoked", until: ago(-300), reasons: ["revoked: it was taken back"],
          missing: ["14 days, or a grant that a person signs after it"], suggested: null, evidence: none, bound: "0 counted: nothing can be claimed", grant: null, lines: [] },
    ];
}

function generations() {
    const made = (number, minutes, path, over) => ({
        number, path, made: ago(minutes), running: false, booted: false, profile: false, confirmed: false, by_hand: false, ...over,
    });
    const older = (n) => `/nix/store/${String(n).padStart(2, "0").repeat(16)}-nixos-system-attic-25.11.202604${String(n - 25).padStart(2, "0")}`;
    return [
        made(42, 90, RUNNING, { running: true, profile: true, by_hand: true }),
        made(41, 2000, RUNNING.replace("20260418", "20260401"), { booted: true, confirmed: true }),
        ...Array.from({ length: 10 }, (_, i) => made(40 - i, 3000 + 1500 * i, older(40 - i), { confirmed: i % 3 === 0 })),
    ];
}

export function status(machine) {
    const open = machine.proposals.filter((p) => ["checking", "decided", "approved"].includes(p.state));
    const observation = (key, kind, title, detail, severity, more = {}) => ({
        key, kind, title, detail, severity, opened: ago(90), changed: ago(20), resolved: null, remedy: null, trusted: true, ...more,
    });
    return {
        host: HOST, version: "0.1.0", separation: false,
        machine: {
            running: RUNNING, booted: RUNNING.replace("20260418", "20260401"), profile: RUNNING,
            head: { branch: "main", commit: "4f1d2c3b4a5968778695a4b3c2d1e0f9a8b7c6d5", toplevel: null }, running_is_head: "unknown",
        },
        units: { total: 214, failed: ["restic-backups-nas.service"] },
        observations: [
            observation("input-age:nixpkgs", "input_age", "The input nixpkgs is 31 days old", "", "info", { remedy: "Proposal 2 updates it." }),
            observation("unit:restic", "unit_failed", "restic-backups-nas.service failed", `Fatal: unable to open repository ${HOSTILE}`, "warning", { trusted: false }),
            observation("port_unused:8080/tcp", "port_unused", "The firewall lets in 8080/tcp, and nobody listens", "an opening without a service", "info", { remedy: "no remedy known: look at: ss -ltnup" }),
            observation("disk:/", "disk_full", "The root file system is 96 % full", "1.9 GiB are free of 50 GiB", "critical", { remedy: "agentctl run \"collect garbage older than 30 days\"" }),
        ],
        proposals: { open: open.length, waiting: open.filter((p) => p.state === "decided").length, applied: 1 },
        log: { size: machine.entries.length, root: "c".repeat(64), verified: true }, nix: { version: "2.28.3" },
        frozen: machine.frozen,
        seen: ago(1),
        resolved: [
            observation("unit_flapping:nginx.service", "unit_flapping", "nginx.service did not stay up", "it ended and was started again", "warning", { resolved: ago(15) }),
        ],
        adopted: [{ entry: 3, from: RUNNING.replace("20260418", "20260401"), to: RUNNING, headline: `openssh 9.8p1 becomes 9.9p2 ${HOSTILE}`, by: "hand", at: ago(90) }],
        facts: [
            fact("machine", "flake", "good", "generation 42, made by hand, runs"), fact("flake", "you", "amiss", "the machine does not run what main (4f1d2c3b4a59) builds"),
            fact("boot", "systemd", "good", "the next boot takes generation 42; 5 entries"), fact("nix", "nix", "good", "2.28.3, the daemon answers, 1,102 paths"),
            fact("etc", "flake", "amiss", `2 files differ from the store: /etc/hosts, /etc/${HOSTILE}`), fact("graphics", "flake", "unknown", "no /run/opengl-driver on this machine"),
            fact("units", "systemd", "amiss", "214 loaded, 1 failed"), fact("clock", "systemd", "good", "synchronised"), fact("agentd", "agentd", "good", "all parts answer, the log is in order"),
            fact("health", "agentd", "good", "5 of 5 checks pass"),
        ],
        useful: { number: 3, id: machine.cases.ripgrep.id, title: "Install ripgrep", headline: "One package more, nothing restarts" },
        parts: [
            { name: "agentd", ok: true, detail: "since 3 days" }, { name: "agentd-auditd", ok: true, detail: "" },
            { name: "agentd-applyd", ok: true, detail: "starts on request" }, { name: "builder", ok: false, detail: "no user namespace: builds are refused" },
        ],
    };
}

function auditPage(machine, query) {
    const limit = Math.min(Number(query.get("limit") ?? 100), 500);
    const from = query.has("from") ? Number(query.get("from")) : Math.max(0, machine.entries.length - limit);
    return { size: machine.entries.length, entries: machine.entries.slice(from, from + limit) };
}

function audited(machine) {
    const problem = machine.verifyProblem;
    return { ok: problem === null, size: machine.entries.length, root: "c".repeat(64), problem };
}

function logText(machine, one, level) {
    const text = machine.logs.get(`${one.id}/${level}`);
    return { text: text ?? `${level} of #${one.number}\ndone\n` };
}

export const READ = [
    [/^\/status$/, (m) => status(m)],
    [/^\/proposals$/, (m) => ({ proposals: m.proposals.map((one) => m.summary(one)) })],
    [/^\/proposals\/(\w+)$/, (m, q, id) => ({ proposal: m.detail(m.find(id)) })],
    [/^\/proposals\/(\w+)\/diff$/, (m, q, id) => ({ files: m.find(id).diff ?? [] })],
    [/^\/proposals\/(\w+)\/log\/(\w+)$/, (m, q, id, level) => logText(m, m.find(id), level)],
    [/^\/generations$/, () => ({ generations: generations() })],
    [/^\/trust$/, () => ({ standings: standings(), root: null, verified: true, host: HOST })],
    [/^\/audit$/, (m, q) => auditPage(m, q)],
    [/^\/audit\/verify$/, (m) => audited(m)],
];

function closing(type, state) {
    return (m, body, session, id) => {
        const one = m.find(id);
        m.record(type, one.id, { reason: body.reason ?? "", by: session.name, from: one.state, to: state }, "human", session.name);
        m.move(one, state, body.reason ?? "");
        return { proposal: m.summary(one) };
    };
}

function draft(m, body, session) {
    if (body.rollback) return draftRollback(m, body.rollback, session);
    if (/^break/.test(body.goal)) throw new Refusal(400, "refused", "No package is called that", "goal:1:7", "Nearest: ripgrep");
    if (body.goal === "install docker") throw new Refusal(400, "two_readings", "the goal can be read in 2 ways", null, "say one of them", [
        { say: "set virtualisation.docker.enable to true", understood: ["set virtualisation.docker.enable to true"] },
        { say: 'add the package "docker" to environment.systemPackages', understood: ["add docker to environment.systemPackages"] }]);
    if (/make me happy/.test(body.goal)) throw new Refusal(400, "not_understood", "the goal is not understood: the word `me` there does not fit", "understood up to `install ripgrep and make`", "understood are, for example: install ripgrep and fd; add htop to the system packages; add ripgrep to bob's packages; set time.timeZone to \"UTC\"");
    const one = proposal(body.goal, 0, { state: "drafted", goal: body.goal, risk: null, level: null, presence: null, proposer: { id: session.name, kind: "human" } });
    m.proposals.push(one);
    m.record("proposal.drafted", one.id, { number: one.number, title: one.title }, "human", session.name);
    return { proposal: m.summary(one) };
}

function draftRollback(m, { generation }, session) {
    const found = generations().find(({ number }) => number === generation);
    if (!found) throw new Refusal(400, "no_such_generation", `There is no generation ${generation}`, null, "agentctl rollback");
    const one = proposal(`Go back to generation ${generation}`, 0, {
        kind: "rollback", state: "drafted", source: "operations", risk: null, level: null, presence: null, proposer: { id: session.name, kind: "human" },
        rollback: { to: found.path, generation },
    });
    m.proposals.push(one);
    m.record("proposal.drafted", one.id, { number: one.number, title: one.title }, "human", session.name);
    return { proposal: m.summary(one) };
}

export const WRITE = [
    [/^\/observe$/, (m) => ({ observations: status(m).observations })],
    [/^\/proposals$/, draft],
    [/^\/proposals\/(\w+)\/statement$/, (m, body, session, id) => m.statement(m.find(id))],
    [/^\/proposals\/(\w+)\/approve$/, (m, body, session, id) => m.approve(m.find(id), body, session)],
    [/^\/proposals\/(\w+)\/apply$/, (m, body, session, id) => m.apply(m.find(id))],
    [/^\/proposals\/(\w+)\/confirm$/, answerTo("confirm")],
    [/^\/proposals\/(\w+)\/cancel$/, answerTo("cancel")],
    [/^\/proposals\/(\w+)\/reject$/, closing("approval.rejected", "denied")],
    [/^\/proposals\/(\w+)\/withdraw$/, closing("proposal.state", "withdrawn")],
    [/^\/proposals\/(\w+)\/verify$/, (m, body, session, id) => ({ proposal: m.detail(m.find(id)) })],
];
