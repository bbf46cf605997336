/// @file
/// The health checks of `agentd.toml`: what has to be well after a switch, besides the units.
#pragma once

#include "agentd/core/toml.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agentd {

/// What a check asks; each is the name of its key.
enum class HealthKind { unit, tcp, http, command, dns, disk, ssh };
std::string_view to_string(HealthKind kind) noexcept;

/// One thing that has to be well after a switch.
struct HealthCheck {
    std::string name{};
    HealthKind kind = HealthKind::unit;
    /// unit: its name · tcp, ssh: `127.0.0.1:80` · http: `http://…` · dns: a host name · disk: a
    /// path · command: the program, absolute.
    std::string target{};
    std::vector<std::string> arguments{}; ///< of the command
    std::int64_t free_mb = 100;           ///< disk: has to be free
    std::int64_t free_inodes = 1000;      ///< disk: likewise, where the file system counts them
    std::string ssh_user{};               ///< ssh: who logs in, "" for the key exchange alone
    std::string ssh_key{};                ///< ssh: file with his private key
    std::chrono::seconds timeout{10};     ///< of one try
    std::chrono::seconds start_period{5}; ///< after the switch: a try that fails does not count
    std::int64_t retries = 2;             ///< then: so many more tries, a second apart
    bool required = true;
    friend bool operator==(const HealthCheck&, const HealthCheck&) = default;
};

constexpr std::size_t max_health_checks = 64;

/// `[[health.check]]` of the document; what is wrong goes to the reader's problems.
std::vector<HealthCheck> read_health(core::TomlReader& root);

} // namespace agentd
