/// @file
/// What changes on this machine, as a person reads it in a terminal.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/ctl/terminal.hpp"
#include "proposals/effects.hpp"

namespace agentd::ctl {

/// The effects of a proposal as `show` tells them; problem `not_known` while there are none.
core::Result<proposals::Effects> effects_of(const core::Json& detail);

/// `whole`: every fact by its subject, as who approves has to see it.
enum class Told { some, whole };

/// The sentences, made here of the effects themselves, and above them where title and rationale do
/// not fit: of what the daemon says beside them only the places are taken.
void print_effects(Terminal& terminal, const core::Json& detail, Told how = Told::some);

} // namespace agentd::ctl
