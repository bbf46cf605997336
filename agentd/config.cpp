#include "agentd/config.hpp"

#include "agentd/config_values.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace agentd {

namespace {

using core::Problem;
using core::TomlReader;

constexpr std::size_t max_file = 256U << 10;
/// Named so, it builds as it does for the machine: on the machine's remote builders, too.
constexpr std::string_view machines_daemon = "/nix/var/nix/daemon-socket/socket";

void bad(TomlReader& in, std::string_view key, std::string message, std::string hint = {}) {
    in.refuse(key, {.code = "bad_value", .message = std::move(message), .hint = std::move(hint)});
}

bool starts_as_url(std::string_view text) {
    return (text.starts_with("http://") && text.size() > 7) ||
           (text.starts_with("https://") && text.size() > 8);
}

bool is_ip_address(const std::string& text) {
    std::array<unsigned char, sizeof(::in6_addr)> bytes{};
    return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool is_origin(std::string_view text) {
    return starts_as_url(text) && text.find('/', text.find("//") + 2) == std::string_view::npos &&
           text.find_first_of(" *?#@") == std::string_view::npos;
}

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

/// Over a network nothing is spoken in the clear, and a header of a proxy is heard from the proxy
/// alone.
void check_doors(TomlReader& web, const SettingValues& in) {
    const bool certificate = !in.text("web.tls_certificate").empty();
    if (certificate != !in.text("web.tls_key").empty()) {
        bad(web, certificate ? "tls_certificate" : "tls_key",
            "`web.tls_certificate` and `web.tls_key` belong together: one of them is missing");
    }
    if (!certificate && !is_loopback(in.text("web.address"))) {
        bad(web, "address", "without TLS the page is served on this machine alone",
            "name `web.tls_certificate` and `web.tls_key`, or keep 127.0.0.1 and put a proxy of "
            "this machine before `web.proxy_socket`");
    }
    const std::string& header = in.text("web.proxy_header");
    const bool plain = std::all_of(header.begin(), header.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain || header.size() > 64 || header == "host" || header == "cookie") {
        bad(web, "proxy_header", "`web.proxy_header` is the name of a header in small letters",
            "tailscale-user-login, or x-forwarded-user");
    }
}

Confirm confirm_from(std::string_view text) {
    return text == "always" ? Confirm::always : text == "never" ? Confirm::never : Confirm::network;
}

Config::Apply make_apply(const SettingValues& in) {
    return {.approvers = in.text("apply.approvers"),
            .directory = in.text("apply.directory"),
            .way_back = std::chrono::seconds(in.integer("apply.way_back_seconds")),
            .settle = std::chrono::seconds(in.integer("apply.settle_seconds")),
            .watch = std::chrono::seconds(in.integer("apply.watch_seconds")),
            .profile = in.text("apply.profile"),
            .statement = std::chrono::minutes(in.integer("apply.statement_minutes")),
            .inhibit = in.text("apply.inhibit"),
            .confirm = confirm_from(in.text("apply.confirm")),
            .confirm_wait = std::chrono::seconds(in.integer("apply.confirm_seconds"))};
}

Config make_config(const SettingValues& in, core::HostName host) {
    const auto seconds = [&](std::string_view key) {
        return std::chrono::seconds(in.integer(key));
    };
    return {.host = std::move(host),
            .state = {.directory = in.text("state.directory")},
            .audit = {.directory = in.text("audit.directory"),
                      .socket = in.text("audit.socket"),
                      .vkey = in.text("audit.vkey")},
            .sockets = {.admin = in.text("sockets.admin"),
                        .apply = in.text("sockets.apply"),
                        .admin_group = in.text("sockets.admin_group")},
            .flake = {.upstream = in.text("flake.upstream"),
                      .branch = in.text("flake.branch"),
                      .landing = in.text("flake.landing") == "pull" ? Landing::pull
                                                                    : Landing::fast_forward,
                      .origins = in.texts("flake.origins")},
            .nix = {.nix = in.text("nix.nix"),
                    .nix_store = in.text("nix.nix_store"),
                    .daemon = in.text("nix.builders") == "machine" ? std::string(machines_daemon)
                                                                   : in.text("nix.daemon"),
                    .evaluation = seconds("nix.evaluation_seconds"),
                    .build = seconds("nix.build_seconds"),
                    .memory_mb = in.integer("nix.memory_mb"),
                    .log_kb = in.integer("nix.log_kb"),
                    .fetch = in.boolean("nix.fetch"),
                    .fetch_time = seconds("nix.fetch_seconds"),
                    .fetch_mb = in.integer("nix.fetch_mb"),
                    .checks = in.texts("nix.checks"),
                    .checks_time = seconds("nix.checks_seconds")},
            .rehearse = {.enable = in.boolean("rehearse.enable"),
                         .socket = in.text("rehearse.socket"),
                         .patience = seconds("rehearse.seconds"),
                         .lend = in.texts("rehearse.lend")},
            .web = {.enable = in.boolean("web.enable"),
                    .address = in.text("web.address"),
                    .port = static_cast<std::uint16_t>(in.integer("web.port")),
                    .origins = in.texts("web.origins"),
                    .tls_certificate = in.text("web.tls_certificate"),
                    .tls_key = in.text("web.tls_key"),
                    .proxy_socket = in.text("web.proxy_socket"),
                    .proxy_user = in.text("web.proxy_user"),
                    .proxy_header = in.text("web.proxy_header")},
            .policy = {.file = in.text("policy.file")},
            .apply = make_apply(in),
            .machine = {.kind = in.text("machine.kind") == "demo" ? MachineKind::demo
                                                                  : MachineKind::systemd,
                        .root = in.text("machine.root")},
            .observe_interval = seconds("observe.interval_seconds"),
            .observe_verify = std::chrono::minutes(in.integer("observe.verify_minutes")),
            .observe_services = in.texts("observe.services"),
            .programs = {.analyze = in.text("programs.analyze"),
                         .confine = in.text("programs.confine"),
                         .rehearse = in.text("programs.rehearse"),
                         .ssh_keygen = in.text("programs.ssh_keygen"),
                         .separation = in.boolean("programs.separation")}};
}

// What no single row can say.
void check_across(TomlReader& root, const SettingValues& in) {
    auto flake = root.table("flake");
    if (!flake || !flake->has("upstream")) {
        (flake ? *flake : root)
            .refuse("upstream",
                    {.code = "missing_key",
                     .message = "`flake.upstream` is missing",
                     .hint = "the path of the repository that holds the machine's flake"});
    }
    if (flake && !core::is_branch_name(in.text("flake.branch"))) {
        bad(*flake, "branch", "`flake.branch` has to be the name of a branch");
    }
    auto nix = root.table("nix");
    if (nix && in.text("nix.builders") == "machine" && !in.text("nix.daemon").empty()) {
        bad(*nix, "builders",
            "`nix.builders` is \"none\" where `nix.daemon` names a Nix daemon of agentd's own",
            "that one has no network and no builders; leave one of the two out");
    }
    if (auto web = root.table("web")) {
        const std::string address = in.text("web.address");
        if (!is_ip_address(address)) {
            bad(*web, "address",
                "`" + core::printable(core::shorten(address, 80)) + "` is not an IP address",
                "127.0.0.1 for this machine alone, or one that this machine has");
        }
        check_doors(*web, in);
        for (const std::string& origin : in.texts("web.origins")) {
            if (!is_origin(origin)) {
                bad(*web, "origins",
                    "`" + core::printable(core::shorten(origin, 80)) + "` is not an origin",
                    "scheme, host and port, nothing behind: https://machine.example:8484");
            }
        }
    }
    if (auto observe = root.table("observe")) {
        for (const std::string& unit : in.texts("observe.services")) {
            if (!core::UnitName::parse(unit)) {
                bad(*observe, "services",
                    "`" + core::printable(core::shorten(unit, 80)) + "` is not the name of a unit",
                    "nginx.service");
            }
        }
    }
    auto machine = root.table("machine");
    if (machine && in.text("machine.kind") == "systemd" && in.text("machine.root") != "/") {
        bad(*machine, "root",
            "`machine.root` is another folder only where `machine.kind` is \"demo\"");
    }
    auto programs = root.table("programs");
    if (programs && !in.boolean("programs.separation") && in.text("machine.kind") != "demo") {
        bad(*programs, "separation",
            "`programs.separation` is off only where `machine.kind` is \"demo\"");
    }
}

std::optional<core::HostName> read_host(TomlReader& root, const SettingValues& in) {
    auto host = core::HostName::parse(in.text("host"));
    if (!root.has("host")) {
        root.require("host");
    } else if (!host) {
        bad(root, "host", "`host` has to be the name of a host of the flake",
            "letters, digits, `-` and `_`");
    }
    return host;
}

} // namespace

LoadedConfig parse_config(std::string_view text, std::string_view file) {
    LoadedConfig out;
    const auto document = core::parse_toml(text, file, out.problems);
    if (!document) {
        return out;
    }
    TomlReader root(*document, {.file = std::string(file), .at = {.line = 1, .column = 1}},
                    out.problems);
    const SettingValues values(root, {"health"}, out.problems);
    auto host = read_host(root, values);
    check_across(root, values);
    auto health = read_health(root);
    root.finish();
    // A section of the wrong kind was met by more than one reader.
    out.problems.erase(std::unique(out.problems.begin(), out.problems.end()), out.problems.end());
    if (!out.problems.empty() || !host) {
        return out;
    }
    Config config = make_config(values, *host);
    config.health = std::move(health);
    if (config.web.origins.empty()) {
        config.web.origins = {(config.web.tls_certificate.empty() ? "http" : "https") +
                              ("://localhost:" + std::to_string(config.web.port))};
    }
    out.config = std::move(config);
    return out;
}

LoadedConfig load_config(const std::string& path) {
    return parse_config(core::read_file(path, max_file), path);
}

std::string describe(const std::vector<Problem>& problems) {
    std::string out;
    for (const Problem& problem : problems) {
        out += core::printable(problem.where + ": " + problem.message) + "\n";
        if (!problem.hint.empty()) {
            out += "    " + core::printable(problem.hint) + "\n";
        }
    }
    return out;
}

} // namespace agentd
