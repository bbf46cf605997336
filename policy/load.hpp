/// @file
/// Reads `policy.toml` (`agentd.policy/1`) and tells every trouble in it.
#pragma once

#include "agentd/core/result.hpp"
#include "policy/rule.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
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

/// One `[[test]]` of the file: facts, and what is wanted of the verdict about them.
struct PolicyTest {
    std::string name{};
    std::string where{}; ///< file:line:column
    Facts facts{};
    proposals::Level level = proposals::Level::forbid;
    std::optional<proposals::PresenceMethod> presence{}; ///< where it is asked for
    std::optional<proposals::Obligations> obligations{}; ///< likewise, all of them
    bool passed = false;
    std::string wanted{}, verdict{}; ///< in words
    std::string explanation{};       ///< of one that did not pass
};

/// A policy exactly when there is no problem; a test that fails is one.
struct Loaded {
    std::optional<Policy> policy{};
    std::vector<PolicyTest> tests{}; ///< none where the rules have troubles
    std::vector<core::Problem> problems{};
};

/// Problems: `bad_toml`, `unknown_key`, `unknown_fact`, `unknown_test`, `unknown_name`,
/// `wrong_type`, `bad_value`, `missing_key`, `duplicate_id`, `expired`, `bad_glob`,
/// `example_fails`, `too_many`, `unknown_zone`, `test_fails`; `where` is file:line:column.
Loaded load_policy(std::string_view text, const LoadOptions& options);

/// Facts of a change that nothing is the matter with: built, proposed by a person of whom nothing
/// is known, one package more. `base = "harmless"` of a `[[test]]` begins with them.
Facts harmless_facts();

/// The text of `policy/default.toml`: a person decides everything.
std::string_view default_policy_text() noexcept;

/// A policy to start from, as it stands in `policy/NAME.toml`.
struct Preset {
    std::string_view name{};
    std::string_view summary{}; ///< one line
    std::string_view text{};
};
/// `default`, `always-ask`.
std::span<const Preset> presets() noexcept;

} // namespace agentd::policy
