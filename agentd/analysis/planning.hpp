/// @file
/// Typed operations on a repository, planned by the worker: what a repository holds is read in a
/// process that can do nothing else.
#pragma once

#include "agentd/analysis/worker.hpp"
#include "proposals/plan/plan.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace agentd::analysis {

struct PlanPlace {
    const proposals::TreeReader& tree;
    std::vector<std::string> paths{}; ///< of the tree
    std::string host{};               ///< whose index it is
    std::string index{};              ///< a file, of the same commit; "" where there is none
};

/// The files of the place are given to the worker, and its answer is read strictly. The
/// edits are not believed: they go through intake as anybody's. Problems: those of the map and the
/// plan, and those of `ask`.
core::Result<proposals::plan::Plan> plan_of(const Worker& worker,
                                            const proposals::plan::Request& request,
                                            const PlanPlace& place,
                                            const std::stop_token& stop = {});

} // namespace agentd::analysis
