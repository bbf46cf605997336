/// @file
/// Other systems that the boot menu offers (specialisations), judged as the system itself is.
#pragma once

#include "evaluator/effects/side.hpp"

#include "proposals/effects.hpp"

#include <functional>
#include <string>
#include <vector>

namespace agentd::evaluator::effects {

/// What is found between two systems.
using Judge = std::function<std::vector<proposals::Effect>(Side& before, Side& after)>;

/// What those specialisations do that are new or other than before, beyond what `told` says of the
/// system itself: of a new one what it does otherwise than the new system. Subjects begin with
/// `specialisation/<name>: `. At most eight are judged, with 200 effects each; where there is more,
/// that is an effect.
std::vector<proposals::Effect> judge_specialisations(const StoreReader& store, Side& before,
                                                     Side& after,
                                                     const std::vector<proposals::Effect>& told,
                                                     const Judge& judge);

} // namespace agentd::evaluator::effects
