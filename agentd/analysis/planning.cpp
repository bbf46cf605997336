#include "agentd/analysis/planning.hpp"

#include "agentd/core/json.hpp"
#include "proposals/packed_tree.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analysis {

using proposals::plan::Plan;

core::Result<Plan> plan_of(const Worker& worker, const proposals::plan::Request& request,
                           const PlanPlace& place, const std::stop_token& stop) {
    const auto packed = proposals::pack(place.tree, place.paths, {}, stop);
    if (!packed) {
        return packed.problem();
    }
    std::vector<std::string> arguments{"--what", "plan"};
    if (!place.index.empty()) {
        arguments.insert(arguments.end(), {"--index", place.index, "--host", place.host});
    }
    const auto said = ask(worker,
                          {.task = Task::plan,
                           .arguments = std::move(arguments),
                           .input = core::canonical(to_json(request)) + "\n" + *packed,
                           .most = Plan::max_bytes},
                          stop);
    if (!said) {
        return said.problem();
    }
    const auto json = core::parse_json(*said, {.bytes = Plan::max_bytes, .depth = 8});
    auto plan = json ? proposals::plan::plan_from_json(*json) : core::Result<Plan>(json.problem());
    if (!plan) {
        return nonsense(plan.problem());
    }
    // Who was taken over while reading the repository could tell another file than it edits.
    if (const auto other = proposals::plan::disagreement(request, *plan)) {
        return nonsense(*other);
    }
    // It tells no modes: what is executable is no worker's to say.
    for (auto& edit : plan.value().edits) {
        const auto entry = place.tree.find(edit.path);
        edit.mode = entry ? entry->mode : proposals::FileMode::file;
    }
    return plan;
}

} // namespace agentd::analysis
