#include "agentd/analysis/goal_reading.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "proposals/packed_tree.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analysis {

using planners::goal::Answer;

namespace {

/// More than any goal's operations come to.
constexpr std::size_t max_answer = 4U << 20;

} // namespace

core::Result<Answer> read_goal(const Worker& worker, const std::string& goal,
                               const GoalPlace& place, const std::stop_token& stop) {
    const auto packed = proposals::pack(place.tree, place.paths, {}, stop);
    if (!packed) {
        return packed.problem();
    }
    const core::Json wanted{{"goal", core::to_utf8(goal)}};
    const auto said =
        ask(worker,
            {.task = Task::goal,
             .arguments = {"--what", "goal", "--index", place.index.file(), "--host", place.host},
             .input = core::canonical(wanted) + "\n" + *packed,
             .most = max_answer},
            stop);
    if (!said) {
        return said.problem();
    }
    const auto json = core::parse_json(*said, {.bytes = max_answer, .depth = 12});
    auto answer =
        json ? planners::goal::answer_from_json(*json) : core::Result<Answer>(json.problem());
    return answer ? std::move(answer) : nonsense(answer.problem());
}

} // namespace agentd::analysis
