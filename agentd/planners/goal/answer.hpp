/// @file
/// What comes of reading a goal: what it asks for, or a question where it can be read otherwise.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "proposals/plan/request.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::planners::goal {

/// A goal, read in one way.
struct Goal {
    proposals::plan::Request request{};
    std::string title{};                   ///< one line, at most 120 bytes
    std::vector<std::string> understood{}; ///< one line for each wish, for people
    std::string flake{};                   ///< another flake of the repository, by its folder
};
/// With the title and what is understood, which follow from the request alone.
Goal goal_of(proposals::plan::Request request, std::string flake);

/// A goal that may mean this or that: the person chooses.
struct Question {
    static constexpr std::size_t max_readings = 8;
    std::vector<Goal> readings{}; ///< two at least
};
/// Problem `two_readings`: what each is, and how to say it.
core::Problem problem_of(const Question& question);
/// `[{say, understood:[…]}]`: a goal that means just this one, and what that is.
core::Json readings_of(const Question& question);

using Answer = std::variant<Goal, Question>;

/// `agentd.goal/1`: the request of each reading; what people read of them is not told.
core::Json to_json(const Answer& answer);
/// Strict: who wrote it is not believed. The operations are held against their own bounds, and
/// every word that is shown of them is made here.
core::Result<Answer> answer_from_json(const core::Json& value);

} // namespace agentd::planners::goal
