/// @file
/// A goal in plain words, from who wants it to a request for a proposal.
#pragma once

#include "agentd/pipeline/surroundings.hpp"
#include "agentd/planners/goal/answer.hpp"
#include "agentd/stages/patch.hpp"

#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace agentd::pipeline {

struct GoalRequest {
    stages::Request request{};
    std::vector<std::string> unchecked{}; ///< options that cannot be told beforehand
};

/// The words, with what their `goal` asks for at `head` as their change; title and reason are
/// added. Or the goal may mean this or that. Problems: those of the index, of analysis::read_goal,
/// of planners::check_operations and of bump_request; `other_flake`.
core::Result<std::variant<GoalRequest, planners::goal::Question>>
goal_request(const Surroundings& in, const core::Commit& head, stages::Request words,
             const std::stop_token& stop);

} // namespace agentd::pipeline
