/// @file
/// Everything `agentctl` has around it, given in, so that tests can stand in for a terminal.
#pragma once

#include "agentd/core/clock.hpp"

#include <functional>
#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <vector>

namespace agentd::ctl {

struct Surroundings {
    std::istream& in;
    std::ostream& out; ///< data
    std::ostream& err; ///< progress, prompts, errors
    const core::Clock& clock;
    std::function<std::optional<std::string>(const char*)> variable{}; ///< environment
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    uid_t uid = 65'534;          ///< effective
    std::string directory = "/"; ///< where it was called
    /// Where the few programs that it starts may be; PATH is never asked.
    std::vector<std::string> program_folders{"/run/current-system/sw/bin", "/usr/bin"};
    /// When the session it runs in began: a login, a connection. nullopt: that cannot be told.
    std::optional<core::Instant> session_began{};
    std::stop_token stop{};
};

/// The whole program: `arguments` are argv[1…]. Returns the exit status; throws nothing.
int run(const std::vector<std::string>& arguments, const Surroundings& around);

} // namespace agentd::ctl
