#include "agentd/stages/land.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

namespace agentd::stages {

namespace {

core::Result<core::Done> push(proposals::Repository& repository, const LandingPlan& plan) {
    try {
        return repository.push_fast_forward({.upstream = plan.upstream,
                                             .branch = plan.branch,
                                             .commit = plan.candidate,
                                             .expected_old = plan.base,
                                             .booted = plan.booted});
    } catch (const core::Failure& failure) {
        return core::Problem{.code = "broken",
                             .message = failure.what(),
                             .where = plan.upstream,
                             .hint = "mend the repository at " + plan.upstream +
                                     ", then run `agentctl pull` in your clone"};
    }
}

void push_note(proposals::Repository& repository, const LandingPlan& plan, core::Instant now) {
    std::string trouble;
    try {
        repository.add_note(plan.candidate, plan.note, now);
        const auto notes = repository.push_notes(plan.upstream, plan.booted);
        trouble = notes ? "" : notes.problem().message;
    } catch (const core::Failure& failure) {
        trouble = failure.what();
    }
    if (!trouble.empty()) {
        core::log(core::Level::warning, "refs/notes/agentd did not reach the upstream: " + trouble);
    }
}

} // namespace

core::Result<core::Done> land(proposals::Repository& repository, const LandingPlan& plan,
                              core::Instant now) {
    const auto pushed = push(repository, plan);
    if (!pushed) {
        return pushed.problem();
    }
    // The branch has moved: a note that does not follow is a pity, not a reason to say it has not.
    push_note(repository, plan, now);
    return core::Done{};
}

} // namespace agentd::stages
