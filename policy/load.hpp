/// @file
/// Reads `policy.toml` (`agentd.policy/1`) and tells every trouble in it.
#pragma once

#include "agentd/core/result.hpp"
#include "policy/rule.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::policy {

/// The bytes of a zone's rules (TZif), by its name; nullopt where there is none.
using ZoneSource = std::function<std::optional<std::string>(const std::string& name)>;

struct LoadOptions {
    std::string file = "policy.toml"; ///< for messages only; nothing is opened
    std::chrono::sys_days today{};    ///< a rule whose day has passed is a problem
    ZoneSource zones{}; ///< without one no window is ever open; with one its zones have to be there
};

/// A policy exactly when there is no problem.
struct Loaded {
    std::optional<Policy> policy{};
    std::vector<core::Problem> problems{};
};

/// Problems: `bad_toml`, `unknown_key`, `unknown_fact`, `unknown_test`, `unknown_name`,
/// `wrong_type`, `bad_value`, `missing_key`, `duplicate_id`, `expired`, `bad_glob`,
/// `example_fails`, `too_many`, `unknown_zone`; `where` is file:line:column.
Loaded load_policy(std::string_view text, const LoadOptions& options);

/// The text of `policy/default.toml`: a person decides everything.
std::string_view default_policy_text() noexcept;

} // namespace agentd::policy
