/// @file
/// What a switch does to the mounts and the swap of etc/fstab, by the rules of NixOS's
/// switch-to-configuration.
#pragma once

#include "evaluator/effects/side.hpp"
#include "proposals/switch_plan.hpp"

#include <map>
#include <string>

namespace agentd::evaluator::switching {

/// Adds a move for each place or swap of fstab that differs, by the name of its unit. Whether `/`
/// and `/nix` are left alone when their device is another is read from the new system's own
/// switch-to-configuration. A place that is new is mounted unless it says `noauto`.
void add_mounts(const effects::Side& before, const effects::Side& after,
                std::map<std::string, proposals::UnitMove>& out);

} // namespace agentd::evaluator::switching
