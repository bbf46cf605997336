/// @file
/// The contract's `DiffFile` on a terminal: what hides is drawn, Nix has its colours.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/terminal.hpp"

namespace agentd::ctl {

/// The hunks of a `DiffFile`, each with its head. Not trimmed as other texts are: white space is
/// part of a diff. What is marked (hidden, or drawn as another character is) is drawn by its
/// number, and a line below says so. Fields that are missing cost a colour.
void print_hunks(Terminal& terminal, const core::Json& file);

} // namespace agentd::ctl
