/// @file
/// What stands before the rules in `policy.toml`: defaults, roles and windows.
#pragma once

#include "agentd/core/toml.hpp"
#include "policy/load.hpp"

namespace agentd::policy {

/// `level` and `presence` of a table, where they are given.
std::optional<proposals::Level> read_level(core::TomlReader& in);
std::optional<proposals::PresenceMethod> read_presence(core::TomlReader& in);

/// Everything but the rules; troubles go to the reader's problems.
void read_head(core::TomlReader& root, const LoadOptions& options, Policy& policy);

/// `obligations` of a rule, where they are given; each has to mean something for it. The policy's
/// defaults and windows are read before.
void read_obligations(core::TomlReader& in, const Policy& policy, Rule& rule);
/// `obligations` of any table; nullopt where there are none.
std::optional<proposals::Obligations> read_obligation_table(core::TomlReader& in,
                                                            const Policy& policy);

} // namespace agentd::policy
