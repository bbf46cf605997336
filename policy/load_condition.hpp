/// @file
/// Conditions and example facts as they stand in `policy.toml`.
#pragma once

#include "agentd/core/toml.hpp"
#include "policy/rule.hpp"

#include <optional>
#include <vector>

namespace agentd::policy {

/// The conditions of a `when` table; troubles go to the reader's problems.
std::vector<Condition> read_conditions(core::TomlReader& when);

/// A table of facts as in an example; nullopt after a problem.
std::optional<Facts> read_facts(core::TomlReader& table);

/// Checks `example.match` and `example.no_match` of one rule, where they are given.
void check_examples(core::TomlReader& rule_table, const Rule& rule);

} // namespace agentd::policy
