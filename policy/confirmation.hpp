/// @file
/// Which changes can lock a person out of the machine, so that somebody has to come in again
/// before they last.
#pragma once

#include "proposals/effects.hpp"

#include <optional>
#include <string>

namespace agentd::policy {

/// Why these effects want a confirmation, in words that end without a full stop; nullopt when they
/// do not. Wanted by everything of network and ssh, by units that make the network or the way in,
/// by who may log in going away, and by a list that was truncated: what is not known may be that.
/// Pure.
std::optional<std::string> wants_confirmation(const proposals::Effects& effects);

} // namespace agentd::policy
