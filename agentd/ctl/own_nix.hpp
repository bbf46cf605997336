/// @file
/// The machine's Nix for a command that works without the daemon.
#pragma once

#include "agentd/ctl/context.hpp"
#include "agentd/rehearsal/theatre.hpp"
#include "evaluator/nix.hpp"

#include <optional>
#include <string>
#include <variant>

namespace agentd::ctl {

/// The configuration for a command that needs no daemon: the usual file, when it cannot be read or
/// is not understood, is done without, which is said.
std::variant<std::optional<Config>, Trouble> own_settings(Context& context);

/// Programs and limits as configured, everything it writes below `scratch`. What of the isolation
/// cannot be had is left out: the caller says so (`evaluator::missing_isolation`).
evaluator::Nix own_nix(const std::optional<Config>& config, const std::string& scratch,
                       bool offline = true);

/// Rehearsals without root's helper: only root can have them.
rehearsal::Theatre own_theatre(const std::optional<Config>& config);

/// The links that made Nix keep what is below `scratch` until now, where they may be removed: Nix
/// only finds them dangling.
void forget_roots(const std::string& scratch);

} // namespace agentd::ctl
