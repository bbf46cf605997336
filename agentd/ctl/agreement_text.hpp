/// @file
/// Where options and built system say different things, for a terminal.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/terminal.hpp"

namespace agentd::ctl {

/// A line for each, and for what could not be compared; nothing where they agree or nobody looked.
void print_disagreement(Terminal& terminal, const core::Json& detail);

} // namespace agentd::ctl
