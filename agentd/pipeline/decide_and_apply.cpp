#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/job.hpp"
#include "agentd/stages/land.hpp"

#include <nlohmann/json.hpp>

namespace agentd::pipeline {

using core::Done;
using core::Problem;
using core::Result;
using proposals::State;

namespace {

Problem machine_changed() {
    return {
        .code = "stale",
        .message = "the machine runs another system than the one this proposal was compared with",
        .hint = "`agentctl verify` compares it again; what was approved before no longer counts"};
}

} // namespace

Result<stages::Decided> Pipeline::decided(const std::string& id) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    auto rows = in_.sequencer.ask([&] {
        const auto queries = in_.ledger.queries();
        return std::pair(queries.revision(job->id.str()), queries.decision(job->id.str()));
    });
    if (!rows.first || !rows.second) {
        return Problem{.code = "pending",
                       .message = "the proposal is not decided yet: it is " +
                                  std::string(proposals::to_string(job->row.state)),
                       .hint = "`agentctl verify " + job->id.str() + "` tests it"};
    }
    const machine::Machine machine(in_.machine);
    stages::Decided decided{.draft = job->draft,
                            .proposal = job->id.str(),
                            .revision = std::move(*rows.first),
                            .decision = std::move(*rows.second),
                            .machine_id = machine.machine_id()};
    if (job->commits) {
        const auto repository = this->repository();
        const auto lock = repository.file_digest(job->commits->candidate, "flake.lock");
        decided.base_tree_sha256 = repository.tree_digest(job->commits->base).hex();
        decided.flake_lock_sha256 = lock ? std::optional(lock->hex()) : std::nullopt;
    }
    return decided;
}

Result<proposals::Statement> Pipeline::statement(const std::string& id,
                                                 std::optional<proposals::Mode> mode) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    if (mode && !stages::fits(job->draft, *mode)) {
        return Problem{.code = "usage",
                       .message = "a " + job->row.kind + " is not approved in mode " +
                                  std::string(proposals::to_string(*mode)),
                       .hint = "leave `mode` out"};
    }
    if (job->row.state == State::denied) {
        return Problem{.code = "denied",
                       .message = "no approval is taken for this proposal: it is denied",
                       .hint = "`agentctl policy explain " + job->id.str() + "` says why"};
    }
    if (job->row.state != State::decided) {
        const bool early = job->row.state == State::drafted || job->row.state == State::checking ||
                           job->row.state == State::verified;
        const bool again = job->row.state == State::stale || job->row.state == State::expired;
        return Problem{.code = early   ? "pending"
                               : again ? "stale"
                                       : "refused",
                       .message = "the proposal is " +
                                  std::string(proposals::to_string(job->row.state)) +
                                  ": there is nothing to approve",
                       .hint = early || again ? "`agentctl verify " + job->id.str() + "` tests it"
                               : job->row.state == State::approved
                                   ? "`agentctl apply " + job->id.str() + "`"
                                   : "`agentctl show " + job->id.str() + "` says how it is"};
    }
    const auto decided = this->decided(id);
    if (!decided) {
        return decided.problem();
    }
    if (const auto holds = still_holds(*job, *decided); !holds) {
        return holds.problem();
    }
    return desk_.prepare(*decided, mode.value_or(stages::usual_mode(job->draft)));
}

Result<Done> Pipeline::still_holds(const Job& job, const stages::Decided& decided) {
    const auto stale = [&](Problem problem) -> Result<Done> {
        mark(job.id.str(), State::stale, problem.message);
        return problem;
    };
    const machine::Machine machine(in_.machine);
    const auto running = machine.links().running;
    if (!running || running->str() != decided.revision.from_path) {
        return stale(machine_changed());
    }
    // An act and a rollback are about the machine alone: where the branch is does not matter.
    if (job.commits) {
        const auto head = this->head();
        if (!head) {
            return head.problem();
        }
        if (*head != job.commits->base) {
            return stale({.code = "stale",
                          .message = job.commits->branch + " has moved since this was tested",
                          .where = job.commits->branch + " is at " + head->short_form(),
                          .hint = "propose the change again on the new head"});
        }
    }
    const auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    if (!policy) {
        return policy.problem();
    }
    if (policy->digest.hex() != decided.decision.policy_sha256) {
        return stale({.code = "stale",
                      .message = "the policy has changed since it spoke about this",
                      .where = in_.config.policy.file,
                      .hint = "`agentctl verify " + job.id.str() + "` asks the new one"});
    }
    return Done{};
}

Result<Done> Pipeline::approve(const std::string& id, const std::string& statement,
                               const proposals::Presence& presence, const Actor& actor) {
    const auto job = job_of(id);
    const auto decided = this->decided(id);
    if (!job || !decided) {
        return job ? decided.problem() : job.problem();
    }
    if (presence.method == proposals::PresenceMethod::break_glass && actor.uid != 0) {
        return Problem{.code = "denied",
                       .message = "only root breaks the glass",
                       .hint = "sudo agentctl approve --break-glass, on the machine itself; or "
                               "approve it with your key"};
    }
    const auto approved = desk_.approve(*decided, statement, presence, approvers());
    if (!approved) {
        return approved.problem();
    }
    if (job->row.state == State::decided) {
        if (const auto holds = still_holds(*job, *decided); !holds) {
            return holds.problem();
        }
    }
    return in_.sequencer.ask([&]() -> Result<Done> {
        const auto digest = proposals::digest(approved->statement()).hex();
        const auto queries = in_.ledger.queries();
        const auto row = queries.proposal(decided->proposal);
        if (queries.approval_by_statement(digest)) {
            return Problem{.code = "used",
                           .message = "this statement was used already",
                           .hint = "each approval signs a fresh statement"};
        }
        if (!row || !proposals::may_go(row->state, State::approved)) {
            const bool again = row && (row->state == State::stale || row->state == State::expired);
            return Problem{.code = again ? "stale" : "wrong_state",
                           .message = "the proposal cannot be approved now: it is " +
                                      std::string(row ? proposals::to_string(row->state) : "gone")};
        }
        in_.ledger.record("approval.granted", decided->proposal,
                          {{"statement", statement},
                           {"statement_sha256", digest},
                           {"presence", proposals::to_json(presence)},
                           {"approver", approved->approver()}},
                          {.kind = actor.kind, .id = approved->approver()});
        return Done{};
    });
}

Result<stages::ApplyOutcome> Pipeline::apply(const std::string& id, const stages::OnStep& on_step,
                                             const std::stop_token& stop) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    const auto row =
        in_.sequencer.ask([&] { return in_.ledger.queries().approval(job->id.str()); });
    if (job->row.state != State::approved || !row) {
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
    const auto approved = desk_.restore(*decided, *row, approvers());
    if (!approved) {
        if (approved.problem().code == "expired") {
            mark(job->id.str(), State::expired, approved.problem().message);
        }
        return approved.problem();
    }
    if (const auto holds = still_holds(*job, *decided); !holds) {
        return holds.problem();
    }
    auto outcome = hand_over(*job, *approved, on_step, stop);
    in_.sequencer.ask([&] { in_.ledger.catch_up(); });
    if (!outcome) {
        // The helper refused before it touched anything: what it refused will not get better by
        // itself.
        const bool stale = outcome.problem().code == "from_mismatch" ||
                           outcome.problem().code == "policy_changed" ||
                           outcome.problem().code == "used";
        if (stale || outcome.problem().code == "expired") {
            mark(job->id.str(), stale ? State::stale : State::expired, outcome.problem().message);
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
