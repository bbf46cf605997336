/// @file
/// What `agentctl plan` is asked for: a goal in words, or a file of operations.
#pragma once

#include "agentd/ctl/context.hpp"
#include "agentd/planners/goal/goal.hpp"
#include "evaluator/index/option_index.hpp"

#include <variant>

namespace agentd::ctl {

/// Of --ops, with --host. What cannot be read is `usage`.
std::variant<proposals::plan::Request, Trouble> request_of_file(Context& context);

struct KnownPlace {
    proposals::map::Files& files;
    const proposals::map::RepoMap& map;
    const evaluator::OptionIndex* index = nullptr; ///< nullptr: none is at hand
};
/// Of the argument GOAL, with --host. What is not understood is `usage`.
std::variant<planners::goal::Goal, Trouble> goal_of(Context& context, const KnownPlace& place);

} // namespace agentd::ctl
