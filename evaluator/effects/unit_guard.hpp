/// @file
/// Units that keep others out, or let the owner in: what may keep them from their work although
/// their commands stay what they were.
#pragma once

#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/unit_file.hpp"

namespace agentd::evaluator::effects {

/// Tells of each such unit that other conditions, requirements or namespaces, another unit that
/// stops it, or nobody who starts it any more may leave idle.
void tell_guards(const Units& before, const Units& after, Comparer& comparer, Sink& sink);

} // namespace agentd::evaluator::effects
