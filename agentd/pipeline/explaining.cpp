#include "agentd/pipeline/explaining.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

namespace agentd::pipeline {

explanation::Explanation explanation_of(const proposals::Draft& draft,
                                        const std::vector<proposals::DiffFile>& diff,
                                        const proposals::Effects& effects,
                                        const stages::Beside& beside) {
    return explanation::explain(effects, {.options = beside.options ? &*beside.options : nullptr,
                                          .diff = diff.empty() ? nullptr : &diff,
                                          .title = draft.title,
                                          .rationale = draft.rationale});
}

std::optional<proposals::SwitchPlan> switch_plan(const Surroundings& in,
                                                 const stages::Explained& explained) {
    if (!explained.moves) {
        return std::nullopt;
    }
    std::vector<std::string> running;
    try {
        machine::Machine machine(in.machine);
        for (const auto& unit : machine.units().list()) {
            if (unit.active == "active" || unit.active == "activating" ||
                unit.active == "reloading") {
                running.push_back(unit.name);
            }
        }
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning,
                  std::string("what a switch would restart is not known: ") + failure.what());
        return std::nullopt;
    }
    return proposals::plan_of(*explained.moves, running);
}

} // namespace agentd::pipeline
