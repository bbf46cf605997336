/// @file
/// What was understood and planned, in words: each wish with its file, the reason, and the hosts.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/terminal.hpp"

#include <string>

namespace agentd::ctl {

/// `steps` as `proposals::plan` writes them. Hosts other than `own` stand out; "" knows none.
void print_steps(Terminal& terminal, const core::Json& steps, const std::string& own = {});
/// The plan of a proposal that was made of operations; nothing for others.
void print_plan(Terminal& terminal, const core::Json& detail);

} // namespace agentd::ctl
