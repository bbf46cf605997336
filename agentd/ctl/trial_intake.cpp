#include "agentd/ctl/trial_intake.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/stages/patch.hpp"

namespace agentd::ctl {

using core::Result;
using proposals::Draft;
using std::chrono::milliseconds;

namespace {

Result<Draft> draft_of(const Trial& trial, const TrialCommits& commits, const IntakePlace& place,
                       core::Instant now) {
    const stages::Request request{.title = trial.title,
                                  .source = proposals::Source::patch,
                                  .proposer = {.id = "agentctl test", .kind = "human"},
                                  .change = trial.patch.value_or(""),
                                  .base = commits.base};
    const stages::PatchPlace there{.repository = place.repository,
                                   .blobs = place.blobs,
                                   .host = trial.host,
                                   .branch = commits.base_name,
                                   .head = commits.base};
    return commits.candidate ? stages::adopt(request, there, place.id, *commits.candidate)
                             : stages::patch(request, there, place.id,
                                             std::chrono::floor<std::chrono::days>(now));
}

void look_at_forge(const Draft& draft, const TrialTools& tools) {
    std::vector<std::string> found;
    for (const auto& file : draft.change()->files) {
        if (stages::of_the_forge({.path = file.path})) {
            found.push_back(one_line(file.path, 100));
        }
    }
    if (!found.empty()) {
        tools.note("not looked at, because only git and a forge read it: " +
                   core::shorten(core::join(found, ", "), 500) +
                   "; agentd would refuse it in a proposal");
    }
}

std::string summary_of(const Result<Draft>& draft, bool commit) {
    if (!draft) {
        return draft.problem().message;
    }
    return (commit ? "a commit, its difference taken as a patch is: "
                   : "understood whole, and fits the base: ") +
           count(draft->change()->files.size(), "file");
}

} // namespace

TakenIn take_in(const Trial& trial, const TrialTools& tools, const TrialCommits& commits,
                const IntakePlace& place) {
    const auto began = tools.clock.now();
    const auto began_us = tools.clock.monotonic_us();
    TakenIn taken{.draft = draft_of(trial, commits, place, began)};
    taken.evidence = {.level = proposals::EvidenceLevel::intake,
                      .status = taken.draft ? proposals::EvidenceStatus::passed
                                            : proposals::EvidenceStatus::failed,
                      .started = began,
                      .duration = milliseconds((tools.clock.monotonic_us() - began_us) / 1000),
                      .summary = summary_of(taken.draft, commits.candidate.has_value())};
    if (taken.draft && !trial.patch) {
        look_at_forge(*taken.draft, tools);
    }
    return taken;
}

} // namespace agentd::ctl
