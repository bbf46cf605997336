/// @file
/// A goal in plain words, read by the worker: the words are anybody's, and so is the repository
/// beside whose names they are read.
#pragma once

#include "agentd/analysis/worker.hpp"
#include "agentd/planners/goal/answer.hpp"
#include "evaluator/index/option_index.hpp"
#include "proposals/tree.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace agentd::analysis {

struct GoalPlace {
    std::string host{}; ///< "this host"
    const evaluator::OptionIndex& index;
    const proposals::TreeReader& tree;
    std::vector<std::string> paths{}; ///< of the tree
};

/// The worker is given the files and opens the index. Of its answer only typed operations are
/// taken, strictly; every word about them is made here. Problems: those of the map and of
/// planners::goal::read_goal, and those of `ask`.
core::Result<planners::goal::Answer> read_goal(const Worker& worker, const std::string& goal,
                                               const GoalPlace& place,
                                               const std::stop_token& stop = {});

} // namespace agentd::analysis
