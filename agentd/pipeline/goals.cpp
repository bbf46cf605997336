#include "agentd/pipeline/goals.hpp"

#include "agentd/analysis/goal_reading.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/bumping.hpp"
#include "agentd/pipeline/goal_addresses.hpp"
#include "agentd/planners/operation_check.hpp"
#include "agentd/planners/ruled_out.hpp"
#include "proposals/git.hpp"

#include <algorithm>

namespace agentd::pipeline {

namespace {

using core::Problem;
using core::Result;
using planners::goal::Answer;
using planners::goal::Goal;
using planners::goal::Question;
using Index = std::unique_ptr<evaluator::OptionIndex>;

constexpr std::size_t largest_flake = std::size_t{1} << 20;

std::string rationale_of(std::string_view goal) {
    std::string line(core::trim(goal));
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return "Asked for in plain words: \u201c" + line + "\u201d";
}

Problem another_flake(const std::string& folder) {
    return {.code = "other_flake",
            .message = "this is about the flake in " + core::printable(folder) +
                       ", and this agentd looks after the one at the top of the repository",
            .where = core::printable(folder),
            .hint = "say it without that flake, or propose a patch"};
}

Result<Answer> read(const Surroundings& in, const core::Commit& head, const std::string& goal,
                    const evaluator::OptionIndex& index, const std::stop_token& stop) {
    const auto repository =
        proposals::Repository::open_or_init_bare(in.config.state.directory + "/repository.git");
    const auto tree = repository.tree(head);
    auto answer = analysis::read_goal(in.worker, goal,
                                      {.host = in.config.host.str(),
                                       .index = index,
                                       .tree = *tree,
                                       .paths = repository.list_files(head)},
                                      stop);
    if (answer) {
        answer = planners::without_ruled_out(std::move(answer).value(), index);
    }
    const auto* one = answer ? std::get_if<Goal>(&*answer) : nullptr;
    if (one != nullptr) {
        const std::string flake = tree->read_within("flake.nix", largest_flake).value_or("");
        if (auto problem = unsaid_address(one->request, goal, flake)) {
            return *std::move(problem);
        }
    }
    return answer;
}

} // namespace

Result<std::variant<GoalRequest, Question>> goal_request(const Surroundings& in,
                                                         const core::Commit& head,
                                                         stages::Request words,
                                                         const std::stop_token& stop) {
    using Out = std::variant<GoalRequest, Question>;
    const auto index = index_at(in, head, stop);
    auto answer =
        index ? read(in, head, *words.goal, **index, stop) : Result<Answer>(index.problem());
    if (!answer) {
        return answer.problem();
    }
    if (auto* question = std::get_if<Question>(&answer.value())) {
        return Out(std::move(*question));
    }
    const auto& goal = std::get<Goal>(*answer);
    if (!goal.flake.empty()) {
        return another_flake(goal.flake);
    }
    words.title = goal.title;
    words.rationale = rationale_of(*words.goal);
    words.base = head;
    words.change = goal.request;
    // As operations: newer inputs are asked for, the rest is looked up.
    auto bumped = bump_request(in, head, words, goal.request, stop);
    if (!bumped) {
        return bumped.problem();
    }
    if (*bumped) {
        return Out(GoalRequest{.request = *std::move(bumped).value()});
    }
    auto unchecked = planners::check_operations(goal.request, **index);
    return unchecked ? Result<Out>(GoalRequest{.request = std::move(words),
                                               .unchecked = std::move(unchecked).value()})
                     : unchecked.problem();
}

} // namespace agentd::pipeline
