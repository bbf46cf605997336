/// @file
/// The machine's health in at most ten lines.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/terminal.hpp"

namespace agentd::ctl {

/// From the contract's Status.
void print_health(Terminal& terminal, const core::Json& status);
/// What is whose, and how it is: a line each. Nothing when the daemon tells none.
void print_facts(Terminal& terminal, const core::Json& status);
/// The worst first; what is untrusted is marked.
void print_observations(Terminal& terminal, const core::Json& holder);

} // namespace agentd::ctl
