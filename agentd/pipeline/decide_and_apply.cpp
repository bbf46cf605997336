#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/agenda.hpp"
#include "agentd/pipeline/job.hpp"
#include "agentd/stages/land.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::pipeline {

using core::Done;
using core::Problem;
using core::Result;
using proposals::State;

namespace {

/// What was approved is not any more; nullopt where it may be tried again.
std::optional<State> after_refusal(const Problem& why, bool by_policy) {
    const auto is = [&](std::initializer_list<std::string_view> codes) {
        return std::find(codes.begin(), codes.end(), why.code) != codes.end();
    };
    if (is({"expired"})) {
        return State::expired;
    }
    const bool again =
        is({"busy", "not_yet", "too_early", "not_announced", "frozen", "window", "unavailable"});
    const bool void_now = is({"from_mismatch", "policy_changed", "used", "own_proposal", "viewer",
                              "unknown_key", "more_approvers"});
    // Root knows less than we do, and has the last word about what nobody signed.
    return void_now || (by_policy && !again) ? std::optional(State::stale) : std::nullopt;
}

} // namespace

Result<stages::ApplyOutcome> Pipeline::apply(const std::string& id, const stages::OnStep& on_step,
                                             const std::stop_token& stop) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    const auto rows =
        in_.sequencer.ask([&] { return in_.ledger.queries().approvals(job->id.str()); });
    if (job->row.state != State::approved || rows.empty()) {
        const State now = job->row.state;
        const bool again = now == State::stale || now == State::expired;
        return Problem{.code = now == State::applying ? "busy"
                               : again                ? "stale"
                                                      : "denied",
                       .message = "the proposal is " +
                                  std::string(proposals::to_string(job->row.state)) +
                                  "; only an approved one is applied",
                       .hint = again ? "`agentctl verify " + job->id.str() + "` tests it again"
                               : now == State::decided
                                   ? "`agentctl approve " + job->id.str() + "`"
                                   : "`agentctl show " + job->id.str() + "` says how it is"};
    }
    const auto decided = this->decided(id);
    if (!decided) {
        return decided.problem();
    }
    const auto policy = still_holds(*job, *decided);
    if (!policy) {
        return policy.problem();
    }
    const auto who = approvers();
    const auto approved =
        desk_.restore(*decided, rows, {.approvers = who, .policy = policy->policy});
    if (!approved) {
        // It was agreed to, and is not any more: a key is gone, or the time.
        const bool late = approved.problem().code == "expired";
        mark(job->id.str(), late ? State::expired : State::stale, approved.problem().message);
        if (late && rows.front().presence.method == proposals::PresenceMethod::none) {
            check_soon(job->id.str()); // nobody was there to miss its time: it is announced anew
        }
        return approved.problem();
    }
    if (const auto due = agenda_->is_due(*approved, *decided, stop); !due) {
        return due.problem();
    }
    auto outcome = hand_over(*job, *approved, on_step, stop);
    in_.sequencer.ask([&] { in_.ledger.catch_up(); });
    if (!outcome) {
        // The helper refused before it touched anything: what it refused will not get better by
        // itself.
        if (const auto then = after_refusal(outcome.problem(), approved->presences().empty())) {
            mark(job->id.str(), *then, outcome.problem().message);
        }
        return outcome;
    }
    if (outcome->outcome == "confirmed" && job->commits) {
        land(*job, approved->approver());
    } else if (outcome->outcome == "confirmed") {
        offer_together(*job, stop);
    }
    return outcome;
}

void Pipeline::refuse_landing(const store::ProposalRow& row, const Problem& why) {
    record("landing.refused", row.id,
           {{"branch", row.base_branch},
            {"reason", why.message},
            {"hint", why.hint.empty() ? "run `agentctl pull` in your clone" : why.hint}});
}

void Pipeline::land(const Job& job, const std::string& approver) {
    AGENTD_CHECK(job.commits.has_value());
    const std::string branch = job.commits->branch;
    if (in_.config.flake.landing == Landing::pull) {
        return refuse_landing(job.row, {.message = "the owner takes changes by hand"});
    }
    auto repository = this->repository();
    const auto now = in_.clock.now();
    const auto entry = in_.sequencer.ask([&] { return in_.ledger.queries().next_index(); });
    const auto landed =
        stages::land(repository,
                     {.upstream = in_.config.flake.upstream,
                      .branch = branch,
                      .base = job.commits->base,
                      .candidate = job.commits->candidate,
                      .note = "Agentd-Proposal: " + job.id.str() + "\nApproved-By: " + approver +
                              "\nLog-Size: " + std::to_string(entry) + "\n",
                      .booted = now - std::chrono::microseconds(in_.clock.monotonic_us())},
                     now);
    if (!landed) {
        return refuse_landing(job.row, landed.problem());
    }
    record("landing.done", job.id.str(),
           {{"branch", branch}, {"commit", job.commits->candidate.str()}, {"how", "fast-forward"}});
}

} // namespace agentd::pipeline
