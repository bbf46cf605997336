/// @file
/// A bump of a flake's inputs without the daemon.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/own_tree.hpp"
#include "agentd/stages/bump.hpp"
#include "proposals/plan/planner.hpp"

namespace agentd::ctl {

/// By the machine's own Nix, in the caller's reach: it asks whom the flake's own inputs name. That
/// they are the newest already is a plan without an edit. Problems as of stages::bump.
core::Result<proposals::plan::Plan> own_bump(Context& context, const OwnTree& tree,
                                             const stages::BumpWanted& wanted);

} // namespace agentd::ctl
