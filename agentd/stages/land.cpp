#include "agentd/stages/land.hpp"

#include "agentd/core/log.hpp"

namespace agentd::stages {

core::Result<core::Done> land(proposals::Repository& repository, const LandingPlan& plan,
                              core::Instant now) {
    const auto pushed = repository.push_fast_forward({.upstream = plan.upstream,
                                                      .branch = plan.branch,
                                                      .commit = plan.candidate,
                                                      .expected_old = plan.base});
    if (!pushed) {
        return pushed.problem();
    }
    repository.add_note(plan.candidate, plan.note, now);
    // The branch has moved: a note that does not follow is a pity, not a reason to say it has not.
    if (const auto notes = repository.push_notes(plan.upstream); !notes) {
        core::log(core::Level::warning,
                  "refs/notes/agentd did not reach the upstream: " + notes.problem().message);
    }
    return core::Done{};
}

} // namespace agentd::stages
