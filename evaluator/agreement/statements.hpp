/// @file
/// What is said of a machine, topic by topic, whoever says it: its options, or the system that was
/// built of them.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace agentd::evaluator::agreement {

/// What options and built systems both tell of.
enum class Topic {
    firewall,     ///< `firewall` -> `on` or `off`
    port,         ///< `8080/tcp`, `everything on br0`
    unit,         ///< of systemd, by name
    user,         ///< name -> uid where one is given
    member,       ///< `alice in wheel`, primary groups too
    key,          ///< `alice: ssh-ed25519 SHA256:…`
    sudo,         ///< `wheel` -> `a password` or `no password`
    sshd,         ///< a keyword -> its value; `port 22`
    wrapper,      ///< programs of /run/wrappers
    nix,          ///< `trusted-users: alice`
    kernel,       ///< `kernel` -> `linux-6.12.35`
    kernel_param, ///< one parameter
    mount,        ///< a place -> its device; `swap /dev/sda2`
    etc,          ///< a file below /etc
    package,      ///< `htop-3.4.1`
};

std::string_view to_string(Topic topic) noexcept;
std::optional<Topic> parse_topic(std::string_view text) noexcept;
std::span<const Topic> all_topics() noexcept;

struct Statement {
    std::string value{};   ///< "" where there is nothing more to say
    std::string from{};    ///< of a built unit: the store path that holds its file
    bool optional = false; ///< of options: may be so, need not
    friend bool operator==(const Statement&, const Statement&) = default;
};

using Subjects = std::map<std::string, Statement>; ///< by what it is about

struct Statements {
    static constexpr std::size_t most_subjects = 20'000; ///< of one topic
    static constexpr std::size_t longest = 1'024;        ///< of a subject or a value
    static constexpr std::size_t most_bytes = 16U << 20;

    /// Of a topic that is not here nothing is known.
    std::map<Topic, Subjects> topics{};
    /// Of options: store paths whose units are taken over whole.
    std::set<std::string> unit_packages{};

    /// nullptr where nothing is known.
    const Subjects* find(Topic topic) const noexcept;
    friend bool operator==(const Statements&, const Statements&) = default;
};

core::Json to_json(const Statements& statements);
/// Refused: unknown topics and fields, and anything above the limits.
core::Result<Statements> statements_from_json(const core::Json& value);

} // namespace agentd::evaluator::agreement
