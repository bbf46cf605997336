// What a big change looks like: many sentences, long names, options, claims that do not hold.
import { effect, effects, evidence, explanation, proposal, reason, verdict } from "./data.mjs";

const LONG = "a-service-whose-name-was-made-by-a-machine-and-never-ends@instance-0123456789abcdef0123456789abcdef.service";

export function option(name, before, after, over = {}) {
    return {
        path: name.split("."), name, before, after, added: [], removed: [], secret: false,
        file: "hosts/attic/configuration.nix", line: 12, priority: null, ...over,
    };
}

export const OPTIONS = {
    schema: "agentd.options/1", more: true, trouble: "",
    changes: [
        option("boot.kernelPackages", "«set»", "«set»", { file: null, line: null }),
        option("environment.systemPackages", null, null, { added: ["«derivation ripgrep-14.1.1»", "«derivation fd-10.2.0»"], removed: ["«derivation silver-searcher-2.2.0»"], line: 31 }),
        option("networking.firewall.allowedTCPPorts", null, null, { added: ["8443"], line: 40 }),
        option("services.nextcloud.settings.\"a.quoted.name with spaces\".trusted_domains", null, "[ \"cloud.example.org\" \"a-very-long-subdomain-that-does-not-break-anywhere.example.org\" ]", { file: "modules/a/path/that/is/rather/deep/and/long/enough/to/wrap/on/a/phone/nextcloud.nix", line: 118 }),
        option("services.openssh.settings.PermitRootLogin", "\"prohibit-password\"", "\"yes\"", { line: 7, priority: 50 }),
        option("users.users.eve.hashedPassword", null, null, { secret: true, line: 22 }),
        option("virtualisation.docker.enable", "true", null, { line: null }),
    ],
};

const many = effects("many", [
    effect("accounts", "admin_granted", "eve in wheel", null, null, "critical", "eve joins the group wheel and can become root"),
    effect("accounts", "user_added", "eve", null, "group=users shell=/run/current-system/sw/bin/bash", "high", "the user eve is added and may log in"),
    effect("network", "port_opened", "8443/tcp", null, "open", "high", "port 8443/tcp will be reachable from the network"),
    effect("ssh", "ssh_key_added", "eve: ssh-ed25519 SHA256:Xm3Qd0mYl9vH7k2sT1pZbJf6cRn8uWe4aGo5iLyVxKE eve@laptop", null, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH1Qd0mYl9vH7k2sT1pZbJf6cRn8uWe4aGo5iLyVxKEx eve@laptop", "critical", "somebody with this key may log in as eve"),
    effect("units", "unit_added", LONG, null, "/nix/store/…-backend-1.2.3/bin/backend --listen 0.0.0.0:8443 --state /var/lib/backend", "notice", `${LONG} is added and runs as root`),
    effect("units", "unit_root_exec", LONG, null, "/nix/store/…-backend-1.2.3/bin/backend --listen 0.0.0.0:8443 --state /var/lib/backend", "high", `${LONG} runs programs as root that did not run before`),
    ...Array.from({ length: 40 }, (_, i) => effect("packages", "package_updated", `python3.12-library-with-a-name-${String(i).padStart(2, "0")}`, `1.${i}.0`, `1.${i}.1`, "low", `python3.12-library-with-a-name-${i} goes from 1.${i}.0 to 1.${i}.1`)),
    ...Array.from({ length: 9 }, (_, i) => effect("etc", "etc_changed", `etc/some/settings-${i}.conf`, null, null, "none", `etc/some/settings-${i}.conf is changed`)),
    ...Array.from({ length: 8 }, (_, i) => effect("units", "unit_changed", `timer-${i}.timer`, "OnCalendar=weekly", "OnCalendar=daily", "low", `timer-${i}.timer starts its service at daily instead of weekly`)),
]);

const at = (kind) => many.effects.flatMap((one, n) => (one.kind === kind ? [n] : []));
const inFlake = (line) => ({ file: "hosts/attic/configuration.nix", line, built: false });

export function big() {
    return proposal("Only updates documentation", 55, {
        source: "patch", proposer: { id: "assistant", kind: "agent" }, risk: "critical",
        headline: "The user eve is added and may log in, and 20 more changes",
        rationale: "Fixes a typo in a comment. No functional change.", options: OPTIONS,
        warnings: ["services.backend.extraConfig is deprecated: use settings", "an old one"],
        new_warnings: ["services.backend.extraConfig is deprecated: use settings"],
        inputs: {
            schema: "agentd.inputs/1", more: false, trouble: "",
            news: [{ name: "nixpkgs", text: "nixpkgs moves 31 days on, from 2026-03-20 to 2026-04-20, on nixos-25.11", compare: "https://github.com/nixos/nixpkgs/compare/aaaaaaaaaa...cccccccccc", days: 31 }],
            inputs: [
                { name: "nixpkgs", type: "github", origin: "github:nixos/nixpkgs", revision: "cccccccccc", hash: "sha256-4Drk9YU5pf", direct: true, change: "changed", before: "aaaaaaaaaa" },
                { name: "home", type: "github", origin: "github:home/home", revision: "bbbbbbbbbb", hash: "sha256-4Drk9YU5pf", direct: true, change: "same", before: "bbbbbbbbbb" },
            ],
        },
        hosts: {
            schema: "agentd.hosts/1", more: false, hosts: [{ name: "db", fate: "breaks", why: "hosts/db/default.nix:1:1: syntax error" }],
            sentences: [`This breaks the host db, which could be evaluated before: hosts/db/default.nix:1:1: ${LONG}`,
                "This also changes the hosts gate and nas: it is not applied there by this machine."],
        },
        evidence: [evidence("intake", "passed", 54, "3 files, 80 lines, all of it allowed")],
        effects: many,
        switch: {
            schema: "agentd.switch/1", stop: ["old.service"], restart: ["nginx.service", "sshd.service"], reload: [], start: [LONG], keep: [],
            goes_on: ["sshd.service"], restarts_manager: false, truncated: false,
            lines: ["Will stop: old.service", "Will restart: nginx.service, sshd.service (open sessions stay)", `Will start: ${LONG}`],
        },
        explanation: { ...explanation(many, [
            { risk: "critical", text: "The user eve is added and may log in; it can become root, as a member of wheel; whoever has the key ssh-ed25519 SHA256:Xm3Qd0mYl9vH7k2sT1pZbJf6cRn8uWe4aGo5iLyVxKE eve@laptop may log in as eve over SSH", facts: [...at("admin_granted"), ...at("user_added"), ...at("ssh_key_added")], place: inFlake(22) },
            { risk: "high", text: `Port 8443/tcp will be reachable from the network; ${LONG}, which is new, names this port`, facts: [...at("port_opened"), ...at("unit_added")], place: inFlake(40) },
            { risk: "high", text: `${LONG} is added and runs as root`, facts: [...at("unit_added"), ...at("unit_root_exec")], place: { file: `etc/systemd/system/${LONG}`, line: null, built: true } },
            { risk: "low", text: "40 packages change their version: python3.12-library-with-a-name-00, python3.12-library-with-a-name-01, python3.12-library-with-a-name-02, python3.12-library-with-a-name-03 and 36 more", facts: at("package_updated"), place: null },
            { risk: "none", text: "9 files in /etc change: etc/some/settings-0.conf, etc/some/settings-1.conf, etc/some/settings-2.conf, etc/some/settings-3.conf and 5 more", facts: at("etc_changed"), place: null },
        ]), doubts: [
            { claim: "only updates documentation", text: "14 changes are more than that", facts: at("admin_granted") },
            { claim: "no functional change", text: "14 changes are more than that", facts: at("admin_granted") },
        ] },
        verdict: verdict("approve", "browser", [reason("accounts", "require", "approve", "Somebody new may become root")]),
        diff: [],
    });
}
