/// @file
/// What `agentctl plan` is asked for: a goal in words, or a file of operations.
#pragma once

#include "agentd/ctl/context.hpp"
#include "agentd/planners/goal/goal.hpp"
#include "evaluator/index/option_index.hpp"

#include <string>
#include <variant>

namespace agentd::ctl {

/// Of --ops, with --host. What cannot be read is `usage`.
std::variant<proposals::plan::Request, Trouble> request_of_file(Context& context);

struct KnownPlace {
    proposals::map::Files& files;
    const proposals::map::RepoMap& map;
    const evaluator::OptionIndex* index = nullptr; ///< nullptr: none is at hand
};
/// Of the argument GOAL, with --host. What is not understood is `usage`, and so is what may mean
/// this or that.
std::variant<planners::goal::Goal, Trouble> goal_of(Context& context, const KnownPlace& place);

/// The host whose flake is asked what there is, before the goal is understood: --host, else the
/// first that the request or a word of the goal names, else the first of the map. "" where the map
/// knows none.
std::string host_to_ask(Context& context, const proposals::map::RepoMap& map,
                        const proposals::plan::Request& request);

} // namespace agentd::ctl
