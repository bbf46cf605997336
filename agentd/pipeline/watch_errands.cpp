#include "agentd/pipeline/watch_errands.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/match.hpp"
#include "agentd/planners/remedies.hpp"

#include <nlohmann/json.hpp>

namespace agentd::pipeline {

using observers::Condition;

namespace {

Actor planner() {
    return {.kind = audit::ActorKind::planner, .id = "playbook"};
}

stages::Request request(const Condition& condition, std::string title, std::string rationale) {
    return {.title = std::move(title),
            .rationale = std::move(rationale),
            .source = proposals::Source::playbook,
            .proposer = {.id = "playbook",
                         .kind = "planner",
                         .via = proposals::Via::program},
            .observation = condition.key};
}

void told(const Condition& condition, const core::Result<std::string>& proposed) {
    if (!proposed) {
        core::log(core::Level::warning, condition.key + ": " + proposed.problem().message);
    }
}

} // namespace

WatchErrands::WatchErrands(Surroundings surroundings, Pipeline& pipeline, Poke poke)
    : in_(std::move(surroundings)), pipeline_(pipeline),
      poke_(std::move(poke)), head_{.branch = in_.config.flake.branch} {}

void WatchErrands::post(const char* what, std::function<void(std::stop_token)> errand) {
    const bool posted =
        errands_.post([what, errand = std::move(errand)](const std::stop_token& stop) {
            try {
                errand(stop);
            } catch (const core::Failure& failure) {
                core::log(core::Level::warning, std::string(what) + ": " + failure.what());
            }
        });
    if (!posted) {
        core::log(core::Level::debug, std::string(what) + ": too much to do, later");
    }
}

observers::HeadSystem WatchErrands::head() const {
    const std::lock_guard lock(head_mutex_);
    return head_;
}

void WatchErrands::refresh_head() {
    if (!reading_head_.exchange(true)) { // one that waits is enough
        post("reading the head", [this](const std::stop_token& stop) {
            reading_head_ = false;
            read_head(stop);
        });
    }
}

void WatchErrands::refresh_head_now(const std::stop_token& stop) {
    errands_.ask([this, &stop] { read_head(stop); });
}

/// True when it is news.
bool WatchErrands::set_head(observers::HeadSystem fresh) {
    const std::lock_guard lock(head_mutex_);
    const bool news = head_.commit != fresh.commit || head_.trouble != fresh.trouble ||
                      head_.toplevel != fresh.toplevel;
    head_ = std::move(fresh);
    return news;
}

/// A repository that is broken is news like a branch that is gone.
core::Result<core::Commit> WatchErrands::upstream_head() {
    try {
        return pipeline_.head();
    } catch (const core::Failure& failure) {
        return core::Problem{.code = "broken", .message = failure.what()};
    }
}

void WatchErrands::read_head(const std::stop_token& stop) {
    const auto [as_of, landed] = in_.sequencer.ask([&] {
        const auto queries = in_.ledger.queries();
        return std::pair(queries.next_index(), queries.last_landed());
    });
    const auto commit = upstream_head();
    auto known = head();
    if (!commit || known.commit == commit->str()) {
        const bool awaited = known.is_behind(landed);
        known.as_of = as_of;
        const bool news =
            set_head(commit ? known
                            : observers::HeadSystem{.branch = in_.config.flake.branch,
                                                    .trouble = commit.problem().message,
                                                    .as_of = as_of});
        if (news || awaited) {
            poke_(observers::Topic::head);
        }
        return;
    }
    observers::HeadSystem fresh{
        .branch = in_.config.flake.branch, .commit = commit->str(), .as_of = as_of};
    core::match(
        evaluator::evaluate(in_.nix,
                            {.repository = in_.config.state.directory + "/repository.git",
                             .ref = "refs/upstream/" + in_.config.flake.branch,
                             .commit = *commit},
                            in_.config.host, stop),
        [&](const evaluator::Evaluated& done) { fresh.toplevel = done.toplevel; },
        [&](const evaluator::EvaluationRefused& refused) {
            fresh.trouble = refused.problem.message;
        },
        [&](const evaluator::EvaluationCancelled&) { fresh.commit.clear(); });
    pipeline_.head_moved(*commit); // before it counts as read: what throws is done again
    (void)set_head(std::move(fresh));
    notice_pulls();
    poke_(observers::Topic::head);
}

/// What the owner took into the branch himself has landed too.
void WatchErrands::notice_pulls() {
    const auto at = head();
    const auto commit = core::Commit::parse(at.commit);
    if (!commit) {
        return;
    }
    const auto repository =
        proposals::Repository::open_or_init_bare(in_.config.state.directory + "/repository.git");
    in_.sequencer.ask([&] {
        for (const auto& row : in_.ledger.queries().proposals(store::Which::all)) {
            const auto candidate = core::Commit::parse(row.candidate_commit);
            if (row.state == proposals::State::confirmed && !row.landed && candidate &&
                in_.ledger.queries().landing(row.id) &&
                repository.is_ancestor(*candidate, *commit)) {
                in_.ledger.record(
                    "landing.done", row.id,
                    {{"branch", at.branch}, {"commit", candidate->str()}, {"how", "pull"}},
                    {.kind = audit::ActorKind::system, .id = "agentd"});
            }
        }
    });
}

void WatchErrands::forget(std::vector<std::string> resolved) {
    if (!resolved.empty()) {
        post("observing", [this, resolved = std::move(resolved)](const std::stop_token&) {
            for (const std::string& key : resolved) {
                tried_.erase(key);
            }
        });
    }
}

void WatchErrands::plan_remedies(std::vector<Condition> conditions) {
    if (conditions.empty()) {
        return;
    }
    post("planning a remedy",
         [this, conditions = std::move(conditions)](const std::stop_token& stop) {
             for (const Condition& condition : conditions) {
                 if (stop.stop_requested() || tried_.contains(condition.key)) {
                     continue;
                 }
                 if (plan_remedy(condition, stop)) {
                     tried_.insert(condition.key);
                 }
             }
         });
}

bool WatchErrands::plan_remedy(const Condition& condition, const std::stop_token& stop) {
    const bool pending = in_.sequencer.ask([&] {
        for (const auto& row : in_.ledger.queries().proposals(store::Which::open)) {
            const auto draft = in_.ledger.queries().draft(row.id);
            if (draft && draft->observation == condition.key) {
                return true;
            }
        }
        return false;
    });
    if (pending) {
        return true;
    }
    const planners::Symptom symptom{.kind = condition.kind, .subject = condition.subject};
    const auto known = planners::remedy_for(symptom);
    if (const auto* act = std::get_if<planners::Do>(&known)) {
        told(condition,
             pipeline_.propose(request(condition, proposals::describe(act->act), act->why),
                               proposals::Revision(act->act), planner()));
        return true;
    }
    const auto remedy =
        planners::find_remedy(symptom,
                              {.nix = in_.nix,
                               .indexes = in_.indexes,
                               .repository = in_.config.state.directory + "/repository.git",
                               .branch = in_.config.flake.branch,
                               .host = in_.config.host,
                               .running = machine::Machine(in_.machine).links().running},
                              stop);
    if (!remedy) {
        core::log(core::Level::info, condition.key + ": " + remedy.problem().message);
        return remedy.problem().code == "no_remedy"; // else there is more to try, later
    }
    auto wanted = request(condition, remedy->title, remedy->rationale);
    core::match(
        remedy->change,
        [&](const proposals::plan::Request& operations) { wanted.change = operations; },
        [&](const std::vector<proposals::FileEdit>& edits) {
            wanted.change = stages::Files{.edits = edits};
        });
    wanted.base = remedy->base;
    told(condition, pipeline_.propose(wanted, planner()));
    return true;
}

} // namespace agentd::pipeline
