#include "agentd/ctl/own_bump.hpp"

#include "agentd/ctl/interrupt.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/scratch.hpp"

#include "agentd/core/text.hpp"

namespace agentd::ctl {

namespace {

using proposals::plan::Plan;
using proposals::plan::Step;

Step step_of(const evaluator::MovedInput& input) {
    return {.wish = "bump the flake input " + input.name,
            .changed = input.moved,
            .file = "flake.lock",
            .how = input.moved ? stages::describe(input) : "it is the newest already"};
}

Plan plan_of(stages::Bumped bumped) {
    Plan out{.edits = std::move(bumped.edits)};
    for (const auto& input : bumped.inputs) {
        out.steps.push_back(step_of(input));
    }
    for (const auto& why : bumped.left_out) {
        out.steps.front().notes.push_back("not asked for: " + why);
    }
    return out;
}

} // namespace

core::Result<Plan> own_bump(Context& context, const OwnTree& tree,
                            const stages::BumpWanted& wanted) {
    auto config = own_settings(context);
    if (const auto* trouble = std::get_if<Trouble>(&config)) {
        return trouble->problem;
    }
    Interrupt interrupt(context.around().stop);
    const Scratch scratch;
    const auto nix =
        own_nix(std::get<std::optional<Config>>(config), scratch.path(), /*offline=*/false);
    const auto maker = evaluator::own_lock_maker(nix);
    context.terminal().progress("asking for the newest revisions");
    auto bumped = stages::bump({.tree = tree.tree(),
                                .maker = *maker,
                                .origins = nix.settings().origins,
                                .patience = nix.settings().fetch_deadline},
                               wanted, interrupt.token());
    if (!bumped && bumped.problem().code == "newest_already") {
        const auto& why = bumped.problem();
        return Plan{.steps = {{.wish = wanted.all ? "bump all flake inputs"
                                                  : "bump " + core::join(wanted.inputs, ", "),
                               .how = why.message + (why.hint.empty() ? "" : "; " + why.hint)}}};
    }
    return bumped ? core::Result<Plan>(plan_of(std::move(*bumped))) : bumped.problem();
}

} // namespace agentd::ctl
