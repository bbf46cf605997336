/// @file
/// What is told beside the proof, for a terminal: options, inputs, warnings, other hosts, and what is known
/// before the evaluation is done.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/terminal.hpp"

#include <string>
#include <vector>

namespace agentd::ctl {

/// What a change does to the merged configuration; nothing for what is no change.
void print_options(Terminal& terminal, const core::Json& detail);
/// What it does to the other hosts of the flake; nothing where there is none, or nobody looked yet.
void print_hosts(Terminal& terminal, const core::Json& detail);
/// The inputs that the flake locks, those that change one by one; nothing where it locks none.
void print_inputs(Terminal& terminal, const core::Json& detail);
/// Those that the change brings, then how many there were before.
void print_warnings(Terminal& terminal, const core::Json& detail);
/// Of `agentd.early/1`: a line for each thing that is known by now.
std::vector<std::string> so_far_lines(const Terminal& terminal, const core::Json& so_far);

} // namespace agentd::ctl
