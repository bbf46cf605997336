/// @file
/// Reads `policy.toml` (`agentd.policy/1`) and tells every trouble in it.
#pragma once

#include "agentd/core/result.hpp"
#include "policy/rule.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::policy {

struct LoadOptions {
    std::string file = "policy.toml"; ///< for messages only; nothing is opened
    std::chrono::sys_days today{};    ///< a rule whose day has passed is a problem
};

/// A policy exactly when there is no problem.
struct Loaded {
    std::optional<Policy> policy{};
    std::vector<core::Problem> problems{};
};

/// Problems: `bad_toml`, `unknown_key`, `unknown_fact`, `unknown_test`, `unknown_name`,
/// `wrong_type`, `bad_value`, `missing_key`, `duplicate_id`, `expired`, `bad_glob`,
/// `example_fails`, `too_many`; `where` is file:line:column.
Loaded load_policy(std::string_view text, const LoadOptions& options);

/// The text of `policy/default.toml`: a person decides everything.
std::string_view default_policy_text() noexcept;

} // namespace agentd::policy
