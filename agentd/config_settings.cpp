#include "agentd/config_settings.hpp"

#include <algorithm>
#include <array>

namespace agentd {

namespace {

using enum SettingKind;

constexpr std::array table{
    Setting{"host", text, "", "the host of the flake that this machine is; required"},
    Setting{"state.directory", path, "/var/lib/agentd", "the daemon's own files"},
    Setting{"audit.directory", path, "/var/lib/agentd-audit", "the log"},
    Setting{"audit.socket", path, "/run/agentd-audit/append.sock", "where the log is written"},
    Setting{"audit.vkey", text, "",
            "the log's public key as printed at setup; empty trusts the log's own"},
    Setting{"sockets.admin", path, "/run/agentd/admin.sock", "where agentctl speaks to the daemon"},
    Setting{"sockets.apply", path, "/run/agentd-apply/apply.sock", "where the root helper listens"},
    Setting{"sockets.admin_group", text, "",
            "group that may use the admin socket; empty for the daemon's own"},
    Setting{"flake.upstream", path, "", "the owner's repository: a bare one, or a clone; required"},
    Setting{"flake.branch", text, "main", "the branch that is the machine's head"},
    Setting{"flake.landing", choice, "fast-forward", "how an applied change reaches that branch", 0,
            0, "fast-forward|pull"},
    Setting{"flake.origins", texts, "[]",
            "whose inputs a change of flake.lock may bring besides those it has: github:nixos, "
            "https://example.org"},
    Setting{"nix.nix", optional_path, "", "the program nix; empty to find it"},
    Setting{"nix.nix_store", optional_path, "", "the program nix-store; empty to find it"},
    Setting{"nix.daemon", optional_path, "",
            "socket of a Nix daemon of agentd's own, without a network; empty for the machine's"},
    Setting{"nix.evaluation_seconds", integer, "120", "longest evaluation", 1, 86'400},
    Setting{"nix.build_seconds", integer, "3600", "longest build", 1, 604'800},
    Setting{"nix.memory_mb", integer, "4096", "most memory of an evaluation, in MiB", 128,
            1'048'576},
    Setting{"nix.log_kb", integer, "16384", "most output kept of a build, in KiB", 64, 1'048'576},
    Setting{"nix.fetch", boolean, "true",
            "take from the running system's own caches what a build lacks, with its keys"},
    Setting{"nix.fetch_seconds", integer, "1800", "longest fetch for one build", 1, 604'800},
    Setting{"nix.fetch_mb", integer, "20480", "most that is fetched for one build, in MiB", 1,
            16'777'216},
    Setting{"nix.checks", texts, "[]",
            "the flake's own checks that a change is tried with, by name; all: those of its base"},
    Setting{"nix.checks_seconds", integer, "900", "longest for all checks of a change together", 1,
            604'800},
    Setting{"nix.builders", choice, "none",
            "who may build besides this machine: the remote builders of its own Nix, or none", 0, 0,
            "none|machine"},
    Setting{"rehearse.enable", boolean, "false",
            "boot what is proposed in a container, beside what runs now, before anybody is asked"},
    Setting{"rehearse.socket", optional_path, "/run/agentd-rehearse/rehearse.sock",
            "where root's helper for it listens; empty to start it directly, which only root can"},
    Setting{"rehearse.seconds", integer, "60", "how long a system may take to come up there", 5,
            600},
    Setting{"rehearse.lend", texts, "[]",
            "folders of programs below /usr or /opt that a system reads there besides the store; "
            "NixOS needs none"},
    Setting{"web.enable", boolean, "true", "serve the page and the API"},
    Setting{"web.address", text, "127.0.0.1", "address to listen on"},
    Setting{"web.port", integer, "8484", "port to listen on", 1, 65'535},
    Setting{"web.origins", texts, "[]",
            "origins that may use the API; empty for http://localhost:<port>"},
    Setting{
        "web.tls_certificate", optional_path, "",
        "serve over TLS with this certificate (PEM, with its chain); without one only loopback is "
        "listened on"},
    Setting{"web.tls_key", optional_path, "",
            "its key: readable by agentd, by nobody else but its group"},
    Setting{"web.proxy_socket", optional_path, "",
            "listen for a reverse proxy of this machine here, too"},
    Setting{"web.proxy_user", text, "root",
            "the user the proxy runs as; nobody else is heard there"},
    Setting{
        "web.proxy_header", text, "",
        "header by which the proxy says who asks, as `tailscale-user-login`: binds a session to "
        "its person, approves nothing"},
    Setting{"policy.file", path, "/etc/agentd/policy.toml", "the policy"},
    Setting{"apply.approvers", path, "/etc/agentd/approvers", "the keys that may approve"},
    Setting{"apply.directory", path, "/var/lib/agentd-apply", "the root helper's own files"},
    Setting{"apply.way_back_seconds", integer, "300",
            "after so long without confirmation the old system comes back", 10, 86'400},
    Setting{"apply.settle_seconds", integer, "5",
            "how long a new system may settle before it is looked at", 0, 3'600},
    Setting{"apply.watch_seconds", integer, "30",
            "how long a service that the change started has to run before the change is "
            "confirmed; at most half of way_back_seconds",
            0, 3'600},
    Setting{"apply.profile", path, "/nix/var/nix/profiles/system", "the system profile"},
    Setting{"apply.statement_minutes", integer, "30", "how long an approval may be used", 1, 1'440},
    Setting{"apply.inhibit", optional_path, "",
            "while this file exists nothing is applied; empty for none"},
    Setting{"apply.confirm", choice, "network",
            "which changes an approver confirms from a new connection before they last: those of "
            "network, ssh and firewall, all, or none",
            0, 0, "network|always|never"},
    Setting{"apply.confirm_seconds", integer, "120",
            "how long that confirmation is waited for before the old system comes back", 10, 3'600},
    Setting{"machine.kind", choice, "systemd", "what runs the units", 0, 0, "systemd|demo"},
    Setting{"machine.root", path, "/", "demo: the folder with the machine's root/ and init.pid"},
    Setting{"observe.interval_seconds", integer, "60", "how often to look where no event tells", 1,
            86'400},
    Setting{"observe.verify_minutes", integer, "15",
            "how often a path of the running system is read again and compared; 0 for never", 0,
            10'080},
    Setting{"observe.services", texts, "[]", "units the owner expects, such as nginx.service"},
    Setting{"programs.analyze", optional_path, "",
            "agentd-analyze; empty for the one beside the running program"},
    Setting{"programs.confine", optional_path, "", "agentd-confine; likewise"},
    Setting{"programs.rehearse", optional_path, "", "agentd-rehearse; likewise"},
    Setting{"programs.ssh_keygen", optional_path, "", "ssh-keygen; empty to find it"},
    Setting{"programs.separation", boolean, "true",
            "each process under its own user; false only for a demo"},
};

constexpr std::array health_table{
    Setting{"name", text, "", "what people call it; required"},
    Setting{"unit", text, "", "a unit that has to be active"},
    Setting{"tcp", text, "", "an address that has to accept, such as 127.0.0.1:80"},
    Setting{"http", text, "", "a page that has to answer with a status below 400"},
    Setting{"command", texts, "",
            "a program (absolute) and its arguments; it runs as nobody and has to exit with 0"},
    Setting{"dns", text, "", "a name that has to resolve"},
    Setting{"disk", text, "", "a path whose file system needs room"},
    Setting{"free_mb", integer, "100", "disk: so many MiB", 0, 1 << 30},
    Setting{"free_inodes", integer, "1000", "disk: so many more files", 0, 1 << 30},
    Setting{"ssh", text, "",
            "an address where sshd has to complete a key exchange, asked from outside"},
    Setting{"ssh_user", text, "", "ssh: who has to be able to log in"},
    Setting{"ssh_key", text, "", "ssh: file with his private key (ed25519, root's own, 0600)"},
    Setting{"timeout_seconds", integer, "10", "how long one try may take", 1, 600},
    Setting{"start_period_seconds", integer, "5",
            "so long after the switch a try that fails does not count", 0, 600},
    Setting{"retries", integer, "2", "then so many more tries, a second apart", 0, 100},
    Setting{"required", boolean, "true", "false only tells, true takes the change back"},
};

bool in_quotes(SettingKind kind) {
    return kind == text || kind == path || kind == optional_path || kind == choice;
}

std::string as_toml(const Setting& setting) {
    return in_quotes(setting.kind) ? "\"" + std::string(setting.fallback) + "\""
                                   : std::string(setting.fallback);
}

std::string type_of(const Setting& setting) {
    switch (setting.kind) {
    case text:
        return "text";
    case path:
    case optional_path:
        return "absolute path";
    case integer:
        return std::to_string(setting.low) + " to " + std::to_string(setting.high);
    case boolean:
        return "true or false";
    case texts:
        return "list of texts";
    case choice: {
        std::string out(setting.choices);
        for (auto at = out.find('|'); at != std::string::npos; at = out.find('|', at)) {
            out.replace(at, 1, " or ");
        }
        return out;
    }
    }
    return "";
}

void append_rows(std::string& out, std::span<const Setting> rows, std::string_view prefix) {
    for (const Setting& row : rows) {
        out += "| `" + std::string(prefix) + std::string(row.key) + "` | " + type_of(row) + " | `" +
               as_toml(row) + "` | " + std::string(row.meaning) + " |\n";
    }
}

} // namespace

std::span<const Setting> settings() noexcept {
    return table;
}

std::span<const Setting> health_settings() noexcept {
    return health_table;
}

std::string settings_as_markdown() {
    std::string out = "| setting | values | default | meaning |\n|---|---|---|---|\n";
    append_rows(out, table, "");
    append_rows(out, health_table, "health.check.");
    return out;
}

std::string settings_as_toml() {
    std::string out;
    std::string section;
    for (const Setting& row : table) {
        const auto dot = row.key.find('.');
        const std::string here(dot == std::string_view::npos ? "" : row.key.substr(0, dot));
        if (here != section) {
            out += "\n[" + here + "]\n";
            section = here;
        }
        const std::string name(dot == std::string_view::npos ? row.key : row.key.substr(dot + 1));
        const bool required = row.meaning.ends_with("; required");
        out += "# " + std::string(row.meaning) + "\n" + (required ? "# " : "") + name + " = " +
               as_toml(row) + "\n";
    }
    return out;
}

} // namespace agentd
