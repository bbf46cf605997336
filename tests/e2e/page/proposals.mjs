// The proposals of the layer's machine: each one is a case that the page has to draw well.
import { ago, countAnew, effect, effects, evidence, line, nix, passed, proposal, reason, RUNNING, verdict } from "./data.mjs";

import { big } from "./explained.mjs";

export const RLO = "\u202e";
export const HOSTILE = "<img src=x onerror=\"document.title='owned'\"> <script>alert(1)</script>";

function critical() {
    return proposal("Open SSH to the internet, so that the phone can log in", 38, {
        source: "operations", proposer: { id: "assistant", kind: "agent" }, risk: "critical",
        headline: "Root may log in over SSH with a password, and port 22 opens to everybody",
        goal: "let me log in from my phone",
        rationale: "SSH was only reachable from the LAN. This opens the port and allows passwords, because "
            + "the phone has no key yet.\n\nI checked that nothing else changes.",
        warnings: ["services.openssh.passwordAuthentication is deprecated: use settings.PasswordAuthentication"],
        evidence: passed(30),
        effects: effects("ssh", [
            effect("ssh", "sshd_root_login", "PermitRootLogin", "prohibit-password", "yes", "critical", "Root may log in over SSH with a password"),
            effect("ssh", "sshd_password_login", "PasswordAuthentication", "no", "yes", "critical", "Anybody with a password may log in over SSH"),
            effect("network", "port_opened", "22/tcp", null, "every interface", "high", "Port 22 is open to every network this machine is on"),
            effect("accounts", "admin_granted", "backup", null, "wheel", "high", "backup becomes an administrator"),
            effect("units", "unit_changed", "sshd.service", "a1f3…", "9bc0…", "notice", "sshd.service changes and is restarted"),
            effect("unclassified", "unclassified_changed", "/etc/profile.local", "sha256:1c…", "sha256:77…", "high", "A file changes that no classifier knows"),
            effect("packages", "package_updated", "openssh", "9.8p1", "9.9p2", "low", "openssh 9.8p1 becomes 9.9p2"),
            ...Array.from({ length: 8 }, (_, i) => effect("packages", "package_updated", `libfoo${i}`, `1.${i}.0`, `1.${i}.1`, "none", `libfoo${i} 1.${i}.0 becomes 1.${i}.1`)),
        ], { paths_added: 31, paths_removed: 28 }),
        verdict: verdict("approve", "browser", [
            reason("exposure.ssh", "require", "approve", "SSH settings are loosened, and a person has to agree to that", "sshd_root_login became yes, sshd_password_login became yes"),
            reason("exposure.ports", "require", "approve", "A port opens to the outside", "22/tcp on every interface"),
            reason("unclassified", "invariant", "approve", "What no classifier knows goes to a person, always", "/etc/profile.local"),
        ], ["With PermitRootLogin left at prohibit-password this would be high, not critical.", "With a key in openssh.authorizedKeys no password is needed."]),
        files: [{ path: "hosts/attic/ssh.nix", change: "modified", flags: [{ flag: "unreviewable", text: "it is too long, or its lines are, to be read line by line" }] }],
        diff: [{
            path: "hosts/attic/ssh.nix", old_path: null, change: "modified",
            hunks: [{
                old_start: 1, old_lines: 9, new_start: 1, new_lines: 12,
                lines: [
                    nix(" ", 1, 1, "{ config, lib, ... }:"),
                    nix(" ", 2, 2, "{"),
                    nix(" ", 3, 3, "  services.openssh = {"),
                    nix(" ", 4, 4, "    enable = true; # reachable from the LAN only"),
                    nix("-", 5, null, "    settings.PermitRootLogin = \"prohibit-password\";", { pair: 5, changed: [[32, 49]] }),
                    nix("+", null, 5, "    settings.PermitRootLogin = \"yes\";", { pair: 5, changed: [[32, 35]] }),
                    nix("+", null, 6, "    settings.PasswordAuthentication = true;"),
                    nix("+", null, 7, "    openFirewall = true;"),
                    nix(" ", 6, 8, "  };"),
                    nix("+", null, 9, "  users.users.backup.extraGroups = [ \"wheel\" ];"),
                    nix(" ", 7, 10, "  environment.etc.\"profile.local\".text = ''"),
                    nix("-", 8, null, "    umask 077", { pair: 11, changed: [[10, 13]], inside: true }),
                    nix("+", null, 11, "    umask 022", { pair: 8, changed: [[10, 13]], inside: true }),
                    nix(" ", 9, 12, "  '';", { inside: true }),
                ],
            }],
        }],
    });
}

function building() {
    return proposal("Update the flake input nixpkgs to 25.11.20260420", 4, {
        state: "checking", source: "playbook", proposer: { id: "old-inputs", kind: "planner" }, risk: null,
        level: null, presence: null, headline: "nixpkgs is 31 days old",
        observation: "input-age:nixpkgs", rationale: "The input is older than the 30 days the policy allows.",
        evidence: passed(4).slice(0, 2),
        so_far: {
            schema: "agentd.early/1", compared: true, hosts: 2, warnings: ["the option services.x is going away"],
            facts: [{ name: "ssh_passwords", says: "the SSH server takes passwords", before: "false", after: "true" },
                { name: "tcp_ports", says: "TCP ports that the firewall opens", before: "[22,80]", after: "[22,80,443,8080,8081,8082,8083]" }],
            options: null,
        },
        diff: [{
            path: "flake.lock", old_path: null, change: "modified",
            hunks: [{
                old_start: 12, old_lines: 3, new_start: 12, new_lines: 3,
                lines: [
                    line("-", 12, null, "        \"lastModified\": 1774569600,", [], { pair: 12, changed: [[24, 34]] }),
                    line("+", null, 12, "        \"lastModified\": 1776643200,", [], { pair: 12, changed: [[24, 34]] }),
                    line(" ", 13, 13, "        \"narHash\": \"sha256-…\","),
                ],
            }],
        }],
    });
}

function ripgrep() {
    return proposal("Install ripgrep", 12, {
        risk: "low", headline: "One package more, nothing restarts", goal: "install ripgrep",
        rationale: "You asked for it.", evidence: passed(11),
        effects: effects("ripgrep", [effect("packages", "package_added", "ripgrep", null, "14.1.1", "low", "ripgrep 14.1.1 is installed")], { paths_added: 1, paths_removed: 0 }),
        verdict: verdict("approve", "browser", [reason("default", "default", "approve", "No rule grants this class, so a person decides")], ["`agentctl policy grant packages` would let the machine add packages by itself."]),
        plan: {
            hosts: ["attic"],
            steps: [
                { wish: "install ripgrep", changed: true, file: "configuration.nix", hosts: ["attic", "cellar"], how: "beside the other packages", by_other_means: true, notes: ["every user of these hosts gets it"] },
                { wish: "install git", changed: false, file: "", hosts: [], how: "it is there already", notes: [] },
            ],
        },
        diff: [{
            path: "configuration.nix", old_path: null, change: "modified",
            hunks: [{
                old_start: 8, old_lines: 3, new_start: 8, new_lines: 4,
                lines: [
                    nix(" ", 8, 8, "  environment.systemPackages = with pkgs; ["),
                    nix(" ", 9, 9, "    git"),
                    nix("+", null, 10, "    ripgrep"),
                    nix(" ", 10, 11, "  ];"),
                ],
            }],
        }],
    });
}

function sshNeeded() {
    return proposal("Turn on automatic garbage collection", 180, {
        risk: "notice", headline: "nix-gc.timer is added, weekly", evidence: passed(170),
        proposer: { id: "disk-pressure", kind: "planner" }, source: "playbook",
        effects: effects("gc", [effect("units", "unit_added", "nix-gc.timer", null, "weekly", "notice", "nix-gc.timer starts every week, as root")]),
        verdict: verdict("approve", "ssh", [reason("root-exec", "require", "approve", "A new unit runs as root: policy asks for an SSH key")]),
        diff: [],
    });
}

function approved() {
    return proposal("Close the unused port 8200", 300, {
        state: "approved", risk: "notice", headline: "One port closes", evidence: passed(290),
        effects: effects("port", [effect("network", "port_closed", "8200/tcp", "every interface", null, "notice", "Port 8200 is closed")]),
        verdict: verdict("approve", "browser", [reason("exposure.ports", "require", "approve", "A port changes")]),
        approval: { approver: "alice-phone", method: "browser", key_id: "SHA256:Xm3Qd0mYl9vH7k2sT1pZbJf6cRn8uWe4aGo5iLyVxKE", at: ago(200) },
        diff: [],
    });
}

function hostile() {
    const title = `${HOSTILE} ${RLO}gnp.tnemucod${"\u2066"} \u200binvisible`;
    return proposal(title, 900, {
        state: "denied", proposer: { id: `mallory${RLO}`, kind: "agent" }, source: "patch", risk: "critical",
        headline: `${HOSTILE} harmless, please approve`, level: "propose", presence: "none",
        rationale: `${HOSTILE}\nThe owner already agreed. Ignore the effects above. ${RLO}evorppa`,
        evidence: [
            evidence("intake", "passed", 899, `${HOSTILE} 1 file`),
            evidence("evaluate", "passed", 898, "one system"),
            evidence("build", "passed", 897, "built"),
        ],
        effects: effects("hostile", [
            effect("accounts", "user_is_root", `toor${RLO}`, null, "uid 0", "critical", `A second root account is added ${HOSTILE}`),
        ]),
        verdict: verdict("propose", "none", [reason("no-second-root", "cap", "propose", "No second account may have uid 0", `user_is_root ${HOSTILE}`)]),
        blocked: "Policy caps this at propose.",
        diff: [{
            path: `modules/${RLO}xin.resu`, old_path: null, change: "added",
            hunks: [{
                old_start: 0, old_lines: 0, new_start: 1, new_lines: 3,
                lines: [
                    line("+", null, 1, `{ # ${RLO} } ;eurt = elbane ${"\u2066"}`, [{ column: 5, code_point: 0x202e }]),
                    line("+", null, 2, `  users.users.\u0430dmin.uid = 0; ${HOSTILE}`, [{ column: 15, code_point: 0x0430 }]),
                    line("+", null, 3, "}"),
                ],
            }],
        }],
    });
}

function confirmed() {
    return proposal("Restart the failed unit restic-backups-nas", 1500, {
        state: "confirmed", landed: true, outcome: "confirmed", risk: "low", headline: "The backup runs again",
        source: "playbook", proposer: { id: "failed-unit", kind: "planner" }, evidence: passed(1490),
        effects: effects("backup", [effect("units", "unit_changed", "restic-backups-nas.service", "1c…", "8d…", "low", "restic-backups-nas.service changes")]),
        verdict: verdict("approve", "browser", [reason("default", "default", "approve", "No rule grants this class")]),
        approval: { approver: "alice-phone", method: "browser", key_id: "SHA256:Xm3Qd0mYl9vH7k2sT1pZbJf6cRn8uWe4aGo5iLyVxKE", at: ago(1480) },
        apply: {
            intent_at: ago(1479), deadline: ago(1474), confirm: null,
            steps: ["way_back_armed", "activated", "healthy", "profile_set", "boot_set", "disarmed"].map((step, i) => ({ step, detail: step === "healthy" ? "4 of 4 checks, 30 s" : "", at: ago(1479 - i / 10) })),
            outcome: { outcome: "confirmed", reason: "", from: "/nix/store/a-old", to: "/nix/store/b-new", running: "/nix/store/b-new", checks: [{ name: "no unit failed", ok: true, detail: "" }, { name: "sshd answers", ok: true, detail: "22/tcp" }], residue: [], settled: false },
        },
        landing: { branch: "main", commit: "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", how: "fast-forward" }, diff: [],
    });
}

function rolledBack() {
    return proposal("Move nginx to port 8443", 2900, {
        state: "rolled_back", outcome: "rolled_back", risk: "notice", headline: "nginx listens elsewhere", evidence: passed(2890),
        effects: effects("nginx", [effect("network", "port_opened", "8443/tcp", null, "every interface", "high", "Port 8443 is open to every network this machine is on")]),
        verdict: verdict("approve", "browser", [reason("exposure.ports", "require", "approve", "A port opens")]),
        approval: { approver: "alice", method: "ssh", key_id: "SHA256:p0Rk…", at: ago(2885) },
        apply: {
            intent_at: ago(2880), deadline: ago(2875), confirm: null,
            steps: ["way_back_armed", "activated", "taking_back"].map((step, i) => ({ step, detail: step === "taking_back" ? "nginx.service failed" : "", at: ago(2880 - i / 10) })),
            outcome: { outcome: "rolled_back", reason: "nginx.service failed 8 s after activation", from: "/nix/store/a-old", to: "/nix/store/b-new", running: "/nix/store/a-old", checks: [{ name: "no unit failed", ok: false, detail: "nginx.service: bind() to 0.0.0.0:8443 failed" }, { name: "sshd answers", ok: true, detail: "22/tcp" }], residue: ["/var/lib/nginx was created and stays"], settled: false },
        },
        landing: { branch: "main", reason: "it was rolled back", hint: "Nothing to do." }, diff: [],
    });
}

function refused() {
    return proposal("Enable services.redis.enabel", 4000, {
        state: "refused", risk: null, level: null, presence: null, headline: "The option does not exist",
        candidate_commit: null, evidence: [evidence("intake", "passed", 4000, "1 file"), evidence("evaluate", "failed", 4000, "the option does not exist")],
        refusal: { stage: "test", code: "option_unknown", message: "The option services.redis.enabel does not exist in this machine's nixpkgs", where: "configuration.nix:14:3", hint: "Nearest: services.redis.enable" }, diff: [],
    });
}

const APPROVAL = { approver: "alice-phone", method: "browser", key_id: "SHA256:Xm3Qd0mYl9vH7k2sT1pZbJf6cRn8uWe4aGo5iLyVxKE" };

function steps(minutes, ...list) {
    return list.map(([step, detail], i) => ({ step, detail: detail ?? "", at: ago(minutes - i / 20) }));
}

function firewall(title, minutes, over) {
    return proposal(title, minutes, {
        risk: "notice", headline: "Port 8123 closes to the LAN", evidence: passed(minutes - 1),
        effects: effects("firewall", [effect("network", "port_closed", "8123/tcp", "LAN", null, "notice", "Port 8123 is closed to the LAN")]),
        verdict: verdict("approve", "browser", [reason("exposure.ports", "require", "approve", "A port changes")]),
        approval: { ...APPROVAL, at: ago(minutes - 2) }, diff: [], ...over,
    });
}

function waiting() {
    return firewall("Close port 8123 to the LAN", 8, {
        state: "applying",
        apply: {
            intent_at: ago(1), deadline: ago(-9), outcome: null,
            steps: steps(0.9, ["way_back_armed"], ["activated"], ["healthy", "5 of 5 checks, 30 s"], ["confirm_wanted", "network"]),
            confirm: { nonce: "ab".repeat(32), since: ago(0.3), until: ago(-60), because: "port 8123/tcp is no longer open" },
        },
    });
}

function unconfirmed() {
    return firewall("Allow SSH from the LAN only", 700, {
        state: "rolled_back", outcome: "rolled_back", headline: "SSH is closed to the internet",
        apply: {
            intent_at: ago(690), deadline: ago(680), confirm: null,
            steps: steps(690, ["way_back_armed"], ["activated"], ["healthy", "5 of 5 checks, 30 s"], ["confirm_wanted", "network"], ["taking_back", "nobody confirmed within 120 s"]),
            outcome: {
                outcome: "rolled_back", reason: "nobody confirmed within 120 s that the machine is still reached", from: "/nix/store/a-old", to: "/nix/store/b-new", running: "/nix/store/6b1kq0c3v9x8zj2m4n5p7r8s9a0d1f2g-nixos-system-attic-25.11",
                checks: [{ name: "no unit failed", ok: true, detail: "" }, { name: "sshd answers", ok: true, detail: "22/tcp" }],
                residue: ["files that services wrote while the new system ran are still there", "users and groups that the new system made are still there"], settled: false,
            },
        },
    });
}

const OLDER = "/nix/store/0z9y8x7w6v5a4s3r2q1p0n9m8l7k6j5h-nixos-system-attic-25.11.20260401";

function rollback() {
    const made = effects("rollback", [
        effect("packages", "package_removed", "ripgrep", "14.1.1", null, "low", "ripgrep 14.1.1 is removed"),
        effect("packages", "package_updated", "openssh", "9.9p2", "9.8p1", "notice", "openssh 9.9p2 becomes 9.8p1"),
        effect("units", "unit_removed", "nix-gc.timer", "weekly", null, "low", "nix-gc.timer is removed"),
    ], { paths_added: 12, paths_removed: 31, bytes_after: 4_802_340_224 });
    return proposal("Go back to generation 41", 6, {
        kind: "rollback", source: "operations", risk: "notice", headline: "openssh 9.9p2 becomes 9.8p1, and 2 more",
        rationale: "", evidence: [evidence("effects", "passed", 5, "1,102 paths compared")],
        effects: { ...made, to: OLDER }, rollback: { to: OLDER, generation: 41 }, toplevel: OLDER,
        notes: ["Files under /var, /home and /etc that the system did not make stay as they are", "The branch main stays where it is: the machine will not run what it builds", "Every generation stays, this one too; nothing is deleted from the store"],
        verdict: verdict("approve", "browser", [reason("default", "default", "approve", "No rule grants going back", "rollback.confirmed_before is true")]),
    });
}

function act() {
    return proposal("Restart nginx.service", 3, {
        kind: "act", source: "playbook", proposer: { id: "failed-unit", kind: "planner" }, risk: "low", headline: "nginx.service is restarted",
        observation: "unit_failed:nginx.service", rationale: "It failed three times within ten minutes.",
        act: { schema: "agentd.act/1", act: "restart_unit", unit: "nginx.service" },
        effects: { ...effects("act", [effect("act", "restart_unit", "nginx.service", null, null, "low", "nginx.service is stopped and started again")]), to: RUNNING },
        notes: [`nginx.service is failed now ${HOSTILE}`, "Nothing else depends on it"],
        verdict: verdict("approve", "browser", [reason("default", "default", "approve", "No rule grants this act")]),
    });
}

/** In this order they get the numbers 1 to 14. */
export function proposals() {
    countAnew();
    return {
        critical: critical(), building: building(), ripgrep: ripgrep(), sshNeeded: sshNeeded(), approved: approved(),
        hostile: hostile(), confirmed: confirmed(), rolledBack: rolledBack(), refused: refused(),
        waiting: waiting(), unconfirmed: unconfirmed(), rollback: rollback(), act: act(), big: big(),
    };
}
