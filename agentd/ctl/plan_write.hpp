/// @file
/// The edits of a plan: as a difference, and in the work tree.
#pragma once

#include "agentd/ctl/own_tree.hpp"
#include "proposals/diff.hpp"
#include "proposals/plan/plan.hpp"

#include <vector>

namespace agentd::ctl {

/// With colours.
std::vector<proposals::DiffFile> diff_of_plan(const OwnTree& tree,
                                              const proposals::plan::Plan& plan);
/// Only where the work tree is as HEAD says, and through no link. Problem `dirty`: nothing was
/// written.
core::Result<core::Done> write_plan(const OwnTree& tree, const proposals::plan::Plan& plan);

} // namespace agentd::ctl
