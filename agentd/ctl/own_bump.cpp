#include "agentd/ctl/own_bump.hpp"

#include "agentd/ctl/interrupt.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/scratch.hpp"

#include "agentd/core/text.hpp"

namespace agentd::ctl {

using proposals::plan::Plan;

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
    return bumped ? core::Result<Plan>(
                        Plan{.steps = std::move(bumped->steps), .edits = std::move(bumped->edits)})
                  : bumped.problem();
}

} // namespace agentd::ctl
