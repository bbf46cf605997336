/// @file
/// Which programs a system puts into /run/wrappers, with rights that who starts them has not.
#pragma once

#include "evaluator/effects/side.hpp"

#include <set>
#include <string>

namespace agentd::evaluator::effects {

/// As the scripts that make them name them.
std::set<std::string> wrapper_names(const Side& side);

} // namespace agentd::evaluator::effects
