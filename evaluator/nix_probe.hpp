/// @file
/// What Nix says it uses: read back from Nix itself, once what we force and once what the running
/// system says.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/nix.hpp"

#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// Setting -> value, as `nix config show` prints them.
using ShownSettings = std::map<std::string, std::string, std::less<>>;

/// The lines `name = value`; what is no such line is left out.
ShownSettings parse_shown_settings(std::string_view text);

/// Whether two values of a setting mean the same: lists in any order, with what Nix adds to a list
/// by itself.
bool same_setting(std::string_view name, std::string_view wanted, std::string_view shown);

/// Asks Nix, in the very environment of `purpose`, for its settings and compares each that is
/// forced. Code `settings_not_taken`, naming the first; `probe_failed` when Nix does not say.
core::Result<core::Done> read_back(const Nix& nix, NixPurpose purpose, std::stop_token stop = {});
/// The same for a command that is about to run, with its own NIX_CONFIG.
core::Result<core::Done> read_back(const Nix& nix, sandbox::Command command,
                                   std::stop_token stop = {});

/// The settings of the running system: of its nix.conf, which has to be root's alone with all it
/// includes, and of nothing else: no user's, no environment's, no candidate's.
/// Codes: `settings_open` (somebody else could write them), `probe_failed`.
core::Result<ShownSettings> running_settings(const Nix& nix, std::stop_token stop = {});

/// True when somebody else builds: the machine's Nix daemon, which follows its own settings.
bool through_daemon(const Nix& nix);

} // namespace agentd::evaluator
