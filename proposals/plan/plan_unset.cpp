// An option that is set no longer.
#include "proposals/plan/planner.hpp"
#include "proposals/plan/topic.hpp"

namespace agentd::proposals::plan {

using core::Problem;

Steps plan_unset(Workspace& space, const Ask& ask) {
    auto candidates = space.candidates(ask.wish, ask.targets);
    if (!candidates) {
        return candidates.problem();
    }
    const auto said = space.said(*candidates, *ask.wish.option);
    if (!said.hidden.empty()) {
        return said.hidden.front();
    }
    std::vector<Step> out;
    for (const Definition& one : said.definitions) {
        if (one.conditional && ask.wish.in.empty()) {
            return conditional(*ask.wish.option, one);
        }
        if (!ask.wish.user.empty() && !one.at->others.empty()) {
            return of_others(*ask.wish.option, one);
        }
        if (ask.named() && !is_for(space, ask, *one.at)) {
            return Problem{.code = "shared",
                           .message = ask.wish.option->str() + " is set at " + one.where() +
                                      ", which other hosts share",
                           .where = one.where(),
                           .hint = "unset it for all of them: name no host"};
        }
        if (is_generated(*space.tree(one.at->file), one.at->file)) {
            return by_program(*ask.wish.option, one);
        }
        const auto names = space.names_in(*one.at, *ask.wish.option);
        auto style = space.style();
        style.inside_conditions = one.inside;
        auto edit = nix::remove_binding(*space.tree(one.at->file), names, style);
        if (auto done = take(space, one.at->file, std::move(edit), names); !done) {
            return done.problem();
        }
        out.push_back(step_at(ask, *one.at, true, "it was set at " + one.where()));
    }
    if (auto problem = out.empty() ? unread(space, *ask.wish.option, ask.targets) : std::nullopt) {
        return *problem;
    }
    if (out.empty()) {
        out.push_back(nothing_to_do(ask, "no file of those hosts sets it"));
    }
    return out;
}

} // namespace agentd::proposals::plan
