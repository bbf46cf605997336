// Checking what is no change of the flake: an act, and going back to an earlier system.
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/job.hpp"
#include "agentd/pipeline/known.hpp"
#include "agentd/stages/keep.hpp"

#include <nlohmann/json.hpp>

namespace agentd::pipeline {

using core::Done;
using core::Json;
using core::Problem;
using core::Result;
using proposals::State;

namespace {

Actor daemon_itself() {
    return {.kind = audit::ActorKind::system, .id = "agentd"};
}

Problem no_running_system() {
    return {.code = "no_running_system",
            .message = "the machine has no /run/current-system",
            .hint = "is the machine up?"};
}

} // namespace

Result<Done> Pipeline::check_rollback(const Job& job, const proposals::Rollback& rollback,
                                      const std::stop_token& stop) {
    if (const auto begun = go(job.id.str(), State::checking, "", daemon_itself()); !begun) {
        return begun.problem();
    }
    const auto found = stages::known_system(rollback, known_systems(in_), job.id,
                                            {.nix = in_.nix,
                                             .blobs = in_.blobs,
                                             .clock = in_.clock,
                                             .gc_roots = in_.config.state.directory + "/gcroots"},
                                            reporter(job.id.str()), stop);
    return core::match(
        found, [&](const stages::Tested& done) { return explain_and_decide(job, done, stop); },
        [&](const stages::Refused& refused) {
            return record_refusal(job, "test", refused.problem);
        },
        [](const stages::Cancelled&) -> Result<Done> {
            return Problem{.code = "cancelled", .message = "the test was stopped"};
        });
}

Result<Done> Pipeline::check_act(const Job& job, const proposals::Act& act,
                                 const std::stop_token& stop) {
    using namespace std::chrono;
    if (const auto begun = go(job.id.str(), State::checking, "", daemon_itself()); !begun) {
        return begun.problem();
    }
    const auto started = in_.clock.now();
    const auto notes = preview(in_, act, stop);
    if (!notes && notes.problem().code == "cancelled") {
        return notes.problem();
    }
    proposals::Evidence evidence{.level = proposals::EvidenceLevel::effects,
                                 .status = notes ? proposals::EvidenceStatus::passed
                                                 : proposals::EvidenceStatus::failed,
                                 .started = started,
                                 .duration = duration_cast<milliseconds>(in_.clock.now() - started),
                                 .summary = notes ? notes->front() : notes.problem().message};
    if (notes) {
        evidence.log_blob = stages::keep(in_.blobs, core::join(*notes, "\n") + "\n");
    }
    record("evidence.recorded", job.id.str(), proposals::to_json(evidence));
    if (!notes) {
        return record_refusal(job, "test", notes.problem());
    }
    return decide_act(job, act, *notes, stop);
}

Result<Done> Pipeline::decide_act(const Job& job, const proposals::Act& act,
                                  std::vector<std::string> notes, const std::stop_token& stop) {
    const auto running = machine::Machine(in_.machine).links().running;
    if (!running) {
        return record_refusal(job, "explain", no_running_system());
    }
    const auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    if (!policy) {
        return record_refusal(job, "explain", policy.problem());
    }
    const auto info = evaluator::path_info(in_.nix, *running, stop);
    if (!info) {
        return info.problem().code == "cancelled" ? Result<Done>(info.problem())
                                                  : record_refusal(job, "explain", info.problem());
    }
    record_verdict(job, proposals::effects_of(act, *running),
                   {{"drv", nullptr},
                    {"toplevel", nullptr},
                    {"toplevel_nar_hash", nullptr},
                    {"closure_manifest_sha256", nullptr},
                    {"closure_paths", 0},
                    {"closure_bytes", 0},
                    {"from", {{"path", running->str()}, {"nar_hash", info->nar_hash}}}},
                   *policy, {.notes = std::move(notes)});
    return Done{};
}

Result<stages::ApplyOutcome> Pipeline::hand_over(const Job& job, const stages::Approved& approved,
                                                 const stages::OnStep& on_step,
                                                 const std::stop_token& stop) {
    const auto ask = [&] {
        return stages::apply(in_.config.sockets.apply, approved, on_step, stop);
    };
    const auto* act = job.draft.act();
    if (act == nullptr || !std::holds_alternative<proposals::GcOlderThan>(*act)) {
        return ask();
    }
    // Between an evaluation and its build nothing keeps a derivation: garbage is collected by the
    // thread that evaluates and builds, so that it never happens in between.
    const bool busy = in_.sequencer.ask([&] { return !checking_.empty(); });
    if (busy) {
        return Problem{.code = "busy",
                       .message =
                           "a proposal is being tested; garbage is collected when it is done",
                       .hint = "`agentctl apply " + job.id.str() + "` again in a moment"};
    }
    return in_.tests.ask(ask);
}

} // namespace agentd::pipeline
