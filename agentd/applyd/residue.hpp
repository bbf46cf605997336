/// @file
/// What going back to the old system does not undo, in words.
#pragma once

#include "proposals/effects.hpp"

#include <string>
#include <vector>

namespace agentd::applyd {

/// From what the change did: accounts that it made, programs that ran and wrote, scripts that acted
/// outside of the system. Pure; at most 24 lines, the last of which says how many more there are.
std::vector<std::string> residue_of(const proposals::Effects& effects);

} // namespace agentd::applyd
