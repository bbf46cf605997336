/// @file
/// Programs that keep data, and whose new main versions convert it: going back does not undo that.
#pragma once

#include "evaluator/effects/classifier.hpp"

#include <map>
#include <set>
#include <string>

namespace agentd::evaluator::effects {

using Versions = std::map<std::string, std::set<std::string>>; ///< version -> store paths

/// Says so of a package that is known to keep data, when one of its main versions comes or goes:
/// the smaller ones keep their formats.
void tell_migration(const std::string& name, const Versions& before, const Versions& after,
                    Sink& sink);

} // namespace agentd::evaluator::effects
