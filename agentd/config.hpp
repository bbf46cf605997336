/// @file
/// `agentd.toml` as a value. Every setting, its default and its meaning stand in the table
/// `settings()`.
#pragma once

#include "agentd/config_health.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd {

enum class Landing { fast_forward, pull };
enum class MachineKind { systemd, demo };
/// Which changes an approver has to confirm once the new system runs.
enum class Confirm { network, always, never };

struct Config {
    core::HostName host;
    struct State {
        std::string directory = "/var/lib/agentd";
    } state{};
    struct Audit {
        std::string directory = "/var/lib/agentd-audit";
        std::string socket = "/run/agentd-audit/append.sock";
        std::string vkey{};
    } audit{};
    struct Sockets {
        std::string admin = "/run/agentd/admin.sock";
        std::string apply = "/run/agentd-apply/apply.sock";
        std::string admin_group{};
    } sockets{};
    struct Flake {
        std::string upstream{};
        std::string branch = "main";
        Landing landing = Landing::fast_forward;
        std::vector<std::string> origins{}; ///< `github:nixos`: whose inputs a proposal may bring
    } flake{};
    struct Nix {
        std::string nix{};
        std::string nix_store{};
        std::string daemon{};
        std::chrono::seconds evaluation{120};
        std::chrono::seconds build{3600};
        std::int64_t memory_mb = 4096;
        std::int64_t log_kb = 16'384;
        bool fetch = true;
        std::chrono::seconds fetch_time{1800};
        std::int64_t fetch_mb = 20'480;
        std::vector<std::string> checks{}; ///< names; `all`: those of the base
        std::chrono::seconds checks_time{900};
    } nix{};
    struct Rehearse {
        bool enable = false;
        std::string socket = "/run/agentd-rehearse/rehearse.sock"; ///< "": the program itself
        std::chrono::seconds patience{60};
        std::vector<std::string> lend{};
    } rehearse{};
    struct Web {
        bool enable = true;
        std::string address = "127.0.0.1";
        std::uint16_t port = 8484;
        std::vector<std::string> origins{"http://localhost:8484"};
        std::string tls_certificate{}, tls_key{}, proxy_socket{}, proxy_user = "root", proxy_header{};
    } web{};
    struct PolicyFile {
        std::string file = "/etc/agentd/policy.toml";
    } policy{};
    struct Apply {
        std::string approvers = "/etc/agentd/approvers";
        std::string directory = "/var/lib/agentd-apply";
        std::chrono::seconds way_back{300};
        std::chrono::seconds settle{5};
        std::chrono::seconds watch{30};
        std::string profile = "/nix/var/nix/profiles/system";
        std::chrono::minutes statement{30};
        std::string inhibit{};
        Confirm confirm = Confirm::network;
        std::chrono::seconds confirm_wait{120};
    } apply{};
    struct Machine {
        MachineKind kind = MachineKind::systemd;
        std::string root = "/";
    } machine{};
    std::vector<HealthCheck> health{};
    std::chrono::seconds observe_interval{60};
    std::chrono::minutes observe_verify{
        15}; ///< between two paths of the store that are read again; 0: never
    std::vector<std::string> observe_services{}; ///< unit names the owner expects, `nginx.service`
    struct Programs {
        std::string analyze{};
        std::string confine{};
        std::string rehearse{};
        std::string ssh_keygen{};
        bool separation = true;
    } programs{};
};

/// A configuration exactly when there is no problem.
struct LoadedConfig {
    std::optional<Config> config{};
    std::vector<core::Problem> problems{};
};

/// Nothing is opened but what is given. Problems as of load_policy: `unknown_key`, `wrong_type`,
/// `bad_value`, `missing_key`, `bad_toml`; `where` is file:line:column.
LoadedConfig parse_config(std::string_view text, std::string_view file);
/// Reads the file; a file that cannot be read is a Failure.
LoadedConfig load_config(const std::string& path);

/// All problems as text for a terminal, one or two lines each.
std::string describe(const std::vector<core::Problem>& problems);

} // namespace agentd
