/// @file
/// What NixOS's switch would do to each unit, by the rules of its switch-to-configuration.
#pragma once

#include "evaluator/effects/side.hpp"
#include "proposals/switch_plan.hpp"

namespace agentd::evaluator::switching {

/// Pure: a function of the two trees. Knows nothing of what runs. Follows
/// nixos/modules/system/activation/switch-to-configuration of 22.11 and later: stops what is gone
/// (X-StopOnRemoval), restarts what changed in more than names, reloads where only
/// X-Reload-Triggers did or X-ReloadIfChanged says so, and leaves what says
/// X-RestartIfChanged=false, RefuseManualStop, X-OnlyManualStart, sockets, paths, slices; mounts of
/// fstab as they changed.
proposals::SwitchMoves moves_between(const effects::Side& before, const effects::Side& after);

} // namespace agentd::evaluator::switching
