/// @file
/// What going back to another system does not take back, from the effects of going there.
#pragma once

#include "proposals/effects.hpp"

#include <string>
#include <vector>

namespace agentd::stages {

/// Plain sentences about what stays on the machine as it is: data of units that go or change,
/// homes of accounts, secrets and keys in them, paths of the store, the profile. Only what these
/// effects touch is named. At most 40.
std::vector<std::string> what_stays(const proposals::Effects& effects);

} // namespace agentd::stages
