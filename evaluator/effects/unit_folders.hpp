/// @file
/// Folders that systemd makes for a service and gives to its account, with all that is in them
/// (systemd.exec(5): StateDirectory=, RuntimeDirectory= and their like).
#pragma once

#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/unit_file.hpp"

namespace agentd::evaluator::effects {

/// Tells each folder that a unit of `after` is given and was not before, where it is one of the
/// system, of agentd or of a service that runs in another name, or where everybody may write.
void tell_folders(const Units& before, const Units& after, Sink& sink);

} // namespace agentd::evaluator::effects
