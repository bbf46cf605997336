/// @file
/// Why a goal is not understood: which word, and what is near.
#pragma once

#include "agentd/planners/goal/sentence.hpp"

#include <string>

namespace agentd::planners::goal {

core::Problem not_understood(std::string why, std::string hint);
/// Of a goal that fits no phrases.
core::Problem stopped(const Scene& scene, const Stop& stop);

} // namespace agentd::planners::goal
