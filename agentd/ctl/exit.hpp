/// @file
/// What went wrong, with the exit status that scripts see.
#pragma once

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::ctl {

/// Exit statuses of docs/contracts.md, section 4.
namespace status {
inline constexpr int ok = 0;
inline constexpr int failed = 1;
inline constexpr int changes = 2; ///< only with --detailed-exitcode
inline constexpr int declined = 3;
inline constexpr int presence = 4;
inline constexpr int pending = 8;
inline constexpr int usage = 64;
inline constexpr int unreachable = 69;
inline constexpr int again = 75;
inline constexpr int denied = 77;
} // namespace status

/// One way in which a goal can be read: how to say just that, and what it is.
struct Reading {
    std::string say{};
    std::vector<std::string> understood{};
};

struct Trouble {
    core::Problem problem;
    int exit = status::failed;
    std::vector<Reading> readings{}; ///< where the words may mean this or that
};

/// What the daemon answered: its result, or why there is none.
using Reply = std::variant<core::Json, Trouble>;

/// The exit status of an error code of the contract; 1 for a code it does not name.
int exit_of(std::string_view code) noexcept;
Trouble trouble_of(core::Problem problem);
Trouble trouble_of(const core::Failure& failure);
Trouble usage(std::string message, std::string hint = {});

} // namespace agentd::ctl
