/// @file
/// Readings of a goal that cannot be meant on this host.
#pragma once

#include "agentd/planners/goal/answer.hpp"
#include "evaluator/index/option_index.hpp"

namespace agentd::planners {

/// Without the readings whose operations the index refuses: an option that is not there, or of
/// another type. Where one is left, that is meant; where none would be, all stay.
goal::Answer without_ruled_out(goal::Answer answer, const evaluator::OptionIndex& index);

} // namespace agentd::planners
