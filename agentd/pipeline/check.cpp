#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/pipeline/explaining.hpp"
#include "agentd/pipeline/job.hpp"
#include "agentd/pipeline/known.hpp"
#include "agentd/pipeline/rehearsing.hpp"
#include "agentd/pipeline/testing.hpp"
#include "agentd/stages/keep.hpp"
#include "agentd/stages/what_stays.hpp"
#include "evaluator/builder.hpp"

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

/// The patch was taken when it was drafted; that it still fits is found out at the head of today.
Json intake_evidence(const proposals::Change& change, core::Instant began,
                     const core::Clock& clock) {
    using namespace std::chrono;
    const auto files = change.files.size();
    return proposals::to_json(proposals::Evidence{
        .level = proposals::EvidenceLevel::intake,
        .status = proposals::EvidenceStatus::passed,
        .started = began,
        .duration = duration_cast<milliseconds>(clock.now() - began),
        .summary = "understood whole, and fits the head: " + std::to_string(files) +
                   (files == 1 ? " file" : " files")});
}

Json or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

} // namespace

stages::Reporter Pipeline::reporter(const std::string& id) {
    // Counts the lines of each level from 0, so that a page knows where a run begins. Shared by the
    // copies of the function object, used on one thread.
    auto next = std::make_shared<std::map<proposals::EvidenceLevel, std::size_t>>();
    return {.evidence =
                [this, id](const proposals::Evidence& evidence) {
                    record("evidence.recorded", id, proposals::to_json(evidence));
                },
            .log =
                [this, id, next](proposals::EvidenceLevel level, std::vector<std::string> lines) {
                    std::size_t& seq = (*next)[level];
                    in_.events.publish("log",
                                       core::canonical({{"proposal", id},
                                                        {"level", proposals::to_string(level)},
                                                        {"seq", seq},
                                                        {"lines", lines}}));
                    seq += lines.size();
                },
            .so_far = [this, id](const Json& so_far) { hints_.tell(id, so_far); }};
}

void Pipeline::check_soon(const std::string& id) {
    const bool posted = in_.tests.post([this, id](const std::stop_token& stop) {
        try {
            if (const auto done = check(id, stop); !done) {
                core::log(core::Level::info, id + ": " + done.problem().message);
            }
        } catch (const core::Failure& failure) {
            core::log(core::Level::error, id + ": " + failure.what());
        }
    });
    if (!posted) {
        core::log(core::Level::warning, id + ": too many proposals wait to be tested");
    }
}

Result<Done> Pipeline::record_refusal(const Job& job, const char* stage, const Problem& problem) {
    record("proposal.refused", job.id.str(),
           {{"stage", stage},
            {"code", problem.code},
            {"message", core::shorten(core::to_utf8(problem.message), 16'000)},
            {"where", or_null(core::shorten(core::to_utf8(problem.where), 4000))},
            {"hint", or_null(core::shorten(core::to_utf8(problem.hint), 4000))}});
    return problem;
}

/// While it lives the proposal is known to be in somebody's hands; withdrawing it stops them.
class Pipeline::Testing {
  public:
    Testing(Pipeline& pipeline, std::string id, std::stop_source stop)
        : pipeline_(pipeline), id_(std::move(id)) {
        pipeline_.in_.sequencer.ask([&] { pipeline_.checking_.insert_or_assign(id_, stop); });
    }
    Testing(const Testing&) = delete;
    Testing& operator=(const Testing&) = delete;
    ~Testing() {
        try {
            pipeline_.hints_.forget(id_);
            pipeline_.in_.sequencer.ask([&] { pipeline_.checking_.erase(id_); });
        } catch (const core::Failure&) {
            // The daemon is ending: nobody will ask.
        }
    }

  private:
    Pipeline& pipeline_;
    std::string id_;
};

Result<Done> Pipeline::check(const std::string& id, const std::stop_token& stop) {
    const auto job = job_of(id);
    if (!job) {
        return job.problem();
    }
    // Withdrawing stops the test; so does the end of the daemon.
    std::stop_source own;
    const Testing testing(*this, job->id.str(), own);
    const std::stop_callback forward(stop, [&own] { own.request_stop(); });
    return core::match(
        job->draft.revision,
        [&](const proposals::Change&) -> Result<Done> {
            const auto head = this->head();
            return head ? test_and_decide(*job, *head, own.get_token())
                        : Result<Done>(head.problem());
        },
        [&](const proposals::Act& act) { return check_act(*job, act, own.get_token()); },
        [&](const proposals::Rollback& rollback) {
            return check_rollback(*job, rollback, own.get_token());
        });
}

Result<Done> Pipeline::test_and_decide(const Job& job, const core::Commit& head,
                                       const std::stop_token& stop) {
    const auto began = in_.clock.now();
    AGENTD_CHECK(job.commits && job.draft.change());
    if (head != job.commits->base) {
        const Problem moved{.code = "stale_base",
                            .message = job.commits->branch + " has moved to " + head.short_form() +
                                       " since this change was made",
                            .where = job.commits->branch,
                            .hint = "propose it again on the new head"};
        mark(job.id.str(), State::stale, moved.message);
        return moved;
    }
    if (proposals::may_go(job.row.state, State::checking)) {
        hints_.cancel(job.id.str()); // what is found from now on would count for the new round
    }
    if (const auto begun = go(job.id.str(), State::checking, "", daemon_itself()); !begun) {
        return begun.problem();
    }
    record("evidence.recorded", job.id.str(),
           intake_evidence(*job.draft.change(), began, in_.clock));
    const auto candidate = candidate_of(job.id, *job.commits, job.host, repository(),
                                        in_.config.state.directory + "/repository.git");
    // Explaining and rehearsing take as much as testing does.
    const auto nothing_beside_it = hints_.begin(job.id.str());
    const auto tested =
        test_with_checks(in_, hints_.shelf(), candidate, reporter(job.id.str()), stop);
    hints_.forget(job.id.str()); // what is decided has nothing that is not proved beside it
    return core::match(
        tested,
        [&](const stages::Tested& done) {
            hints_.look_at_hosts(job.id.str(), {.base = candidate.options.base,
                                                .candidate = candidate.source,
                                                .host = candidate.host,
                                                .hosts = done.hosts});
            return explain_and_decide(job, done, stop);
        },
        [&](const stages::Refused& refused) {
            return record_refusal(job, "test", refused.problem);
        },
        [](const stages::Cancelled&) -> Result<Done> {
            return Problem{.code = "cancelled", .message = "the test was stopped"};
        });
}

Result<Done> Pipeline::explain_and_decide(const Job& job, const stages::Tested& tested,
                                          const std::stop_token& stop) {
    const machine::Machine machine(in_.machine);
    const auto running = machine.links().running;
    if (!running) {
        return record_refusal(job, "explain",
                              {.code = "no_running_system",
                               .message = "the machine has no /run/current-system to compare with",
                               .hint = "is the machine up?"});
    }
    // A broken policy is found before the proposal depends on it.
    const auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    if (!policy) {
        return record_refusal(job, "explain", policy.problem());
    }
    auto explained = stages::explain(
        tested, *running,
        {.nix = in_.nix, .blobs = in_.blobs, .clock = in_.clock, .worker = in_.worker},
        reporter(job.id.str()), stop);
    return core::match(
        explained,
        [&](stages::Explained& done) -> Result<Done> {
            auto over = rehearse_if_wanted(in_, job.draft, reporter(job.id.str()), stop, done);
            if (over)
                record_verified(job, done, *policy);
            return over;
        },
        [&](const stages::Refused& refused) {
            return record_refusal(job, "explain", refused.problem);
        },
        [](const stages::Cancelled&) -> Result<Done> {
            return Problem{.code = "cancelled", .message = "the test was stopped"};
        });
}

void Pipeline::record_verified(const Job& job, const stages::Explained& explained,
                               const stages::CurrentPolicy& policy) {
    const auto* from = explained.running.find(explained.running.root);
    const auto* to = explained.candidate.find(explained.candidate.root);
    AGENTD_CHECK(from != nullptr && to != nullptr);
    stages::Beside beside{.confirmed_before = pipeline::confirmed_before(in_, job.draft),
                          .rehearsal = explained.rehearsal,
                          .dry_activate = explained.dry_activate};
    const auto& tested = explained.tested;
    auto warnings = stages::shown_warnings(tested.warnings, tested.new_warnings);
    beside.warnings = std::move(warnings.all);
    beside.new_warnings = std::move(warnings.fresh);
    beside.notes =
        job.draft.rollback() == nullptr ? beside.notes : stages::what_stays(explained.effects);
    beside.options = tested.options;
    beside.disagreement = explained.disagreement;
    beside.plan = switch_plan(in_, explained);
    beside.checks = tested.checks;
    record_verdict(
        job, explained.effects,
        {{"drv", tested.drv ? Json(tested.drv->str()) : Json()},
         {"toplevel", tested.toplevel.str()},
         {"toplevel_nar_hash", to->nar_hash},
         {"closure_manifest_sha256", explained.manifest.digest.hex()},
         {"closure_paths", explained.candidate.paths.size()},
         {"closure_bytes", explained.candidate.nar_bytes},
         {"from", {{"path", explained.running.root.str()}, {"nar_hash", from->nar_hash}}}},
        policy, std::move(beside));
}

void Pipeline::record_verdict(const Job& job, const proposals::Effects& effects, Json verified,
                              const stages::CurrentPolicy& policy, stages::Beside beside) {
    std::vector<proposals::DiffFile> diff;
    if (job.draft.change() != nullptr && job.commits) {
        diff = repository().diff(job.commits->base, job.commits->candidate);
    }
    beside.explanation = explanation_of(job.draft, diff, effects, beside);
    const auto effects_digest = stages::keep(in_.blobs, proposals::canonical_bytes(effects));
    verified.update(Json{{"effects_sha256", effects_digest.hex()},
                         {"effects_blob", effects_digest.hex()},
                         {"headline", core::shorten(beside.explanation.headline, 300)},
                         {"risk", proposals::to_string(proposals::max_risk(effects))},
                         {"warnings", beside.warnings},
                         {"notes", beside.notes}});
    record("proposal.verified", job.id.str(), verified);
    auto facts = stages::facts_of(
        job.draft, effects,
        {.confirmed_before = beside.confirmed_before,
         .checks = beside.checks,
         .build_escapable = evaluator::build_escapable(in_.nix, evaluator::builder_of(in_.nix)),
         .options_disagree =
             beside.disagreement ? proposals::disagree(*beside.disagreement) : std::nullopt,
         .rehearsal = beside.rehearsal,
         .dry_activate = beside.dry_activate});
    know_trust(in_, facts, job.draft, policy.digest);
    const auto verdict = policy::decide(policy.policy, facts);
    const auto verdict_blob = stages::keep(in_.blobs, core::canonical(proposals::to_json(verdict)));
    const auto page = stages::keep(
        in_.blobs, stages::page_document(job.id.str(), job.draft, effects, verdict, beside));
    record("decision.made", job.id.str(),
           {{"verdict", proposals::to_json(verdict)},
            {"verdict_blob", verdict_blob.hex()},
            {"policy_sha256", policy.digest.hex()},
            {"effects_sha256", effects_digest.hex()},
            {"page_sha256", page.hex()}});
}

} // namespace agentd::pipeline
