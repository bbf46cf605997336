/// @file
/// The texts that the activation and named units run: scripts made for this system.
#pragma once

#include "evaluator/effects/side.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

/// The activation script first, then each script that a command of one of the units names, each
/// once and only what lies in the closure. At most 64 texts of 1 MiB.
std::vector<std::string> scripts_of(const Side& side,
                                    std::initializer_list<std::string_view> units);

} // namespace agentd::evaluator::effects
