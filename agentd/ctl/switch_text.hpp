/// @file
/// What a switch would do to the units that run, as a person reads it in a terminal.
#pragma once

#include "agentd/ctl/terminal.hpp"

namespace agentd::ctl {

/// The daemon's own lines; where it has none, of what was built, that it is not known.
void print_switch(Terminal& terminal, const core::Json& detail);

} // namespace agentd::ctl
