#include "agentd/pipeline/watch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/observers/units.hpp"
#include "agentd/planners/remedies.hpp"

#include <nlohmann/json.hpp>

namespace agentd::pipeline {

using core::Json;
using observers::Condition;

Watch::Watch(Surroundings surroundings, Pipeline& pipeline)
    : in_(std::move(surroundings)), pipeline_(pipeline) {}

observers::HeadSystem Watch::head() const {
    const std::lock_guard lock(head_mutex_);
    return head_;
}

void Watch::look(const std::stop_token& stop) {
    const std::lock_guard one_at_a_time(look_mutex_); // the watch thread, and whoever asks to look now
    std::vector<std::string> looked_at;
    const auto now = conditions(stop, looked_at);
    const auto open = in_.sequencer.ask([&] {
        in_.ledger.catch_up();
        return in_.ledger.queries().observations(store::Which::open);
    });
    const auto changes = observers::compare(open, now, looked_at);
    write_down(changes);
    for (const auto& resolved : changes.resolved) {
        tried_.erase(resolved.key);
    }
    plan_remedies(now, stop);
    pipeline_.pick_up();
}

std::vector<Condition> Watch::conditions(const std::stop_token& stop,
                                         std::vector<std::string>& looked_at) {
    std::vector<Condition> all;
    machine::Machine machine(in_.machine);
    looked_at.push_back("machine_unreachable");
    try {
        auto units = observers::look_at_units(machine, in_.config.observe_services);
        looked_at.insert(looked_at.end(), {"unit_failed", "unit_inactive", "unit_missing"});
        all.insert(all.end(), units.begin(), units.end());
    } catch (const core::Failure& failure) {
        all.push_back({.key = "machine_unreachable",
                       .kind = "machine_unreachable",
                       .title = "the machine's service manager does not answer",
                       .detail = core::shorten(core::to_utf8(failure.what()), 1000),
                       .severity = observers::Severity::critical});
    }
    refresh_head(stop);
    if (in_.sequencer.ask([&] { return !in_.ledger.queries().in_flight().empty(); })) {
        return all; // the links are about to move: what they say now is nobody's news
    }
    auto links = observers::look_at_links(machine.links(), head());
    looked_at.insert(looked_at.end(), {"running_not_head", "running_not_profile", "head_broken"});
    all.insert(all.end(), links.begin(), links.end());
    return all;
}

void Watch::refresh_head(const std::stop_token& stop) {
    const auto commit = pipeline_.head();
    if (!commit) {
        const std::lock_guard lock(head_mutex_);
        head_ = {.branch = in_.config.flake.branch, .trouble = commit.problem().message};
        return;
    }
    if (head().commit == commit->str()) {
        return;
    }
    observers::HeadSystem fresh{.branch = in_.config.flake.branch, .commit = commit->str()};
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
    {
        const std::lock_guard lock(head_mutex_);
        head_ = std::move(fresh);
    }
    pipeline_.head_moved(*commit);
    notice_pulls();
}

/// What the owner took into the branch himself has landed too.
void Watch::notice_pulls() {
    const auto commit = core::Commit::parse(head().commit);
    if (!commit) {
        return;
    }
    const auto repository = proposals::Repository::open_or_init_bare(
        in_.config.state.directory + "/repository.git");
    in_.sequencer.ask([&] {
        for (const auto& row : in_.ledger.queries().proposals(store::Which::all)) {
            const auto candidate = core::Commit::parse(row.candidate_commit);
            if (row.state == proposals::State::confirmed && !row.landed && candidate &&
                in_.ledger.queries().landing(row.id) &&
                repository.is_ancestor(*candidate, *commit)) {
                in_.ledger.record(
                    "landing.done", row.id,
                    {{"branch", head().branch}, {"commit", candidate->str()}, {"how", "pull"}},
                    {.kind = audit::ActorKind::system, .id = "agentd"});
            }
        }
    });
}

void Watch::write_down(const observers::Changes& changes) {
    const audit::Actor self{.kind = audit::ActorKind::system, .id = "agentd"};
    in_.sequencer.ask([&] {
        for (const Condition& c : changes.opened) {
            in_.ledger.record("observation.opened", c.key,
                              {{"key", c.key},
                               {"kind", c.kind},
                               {"title", c.title},
                               {"detail", c.detail},
                               {"severity", observers::to_string(c.severity)},
                               {"trusted", c.trusted},
                               {"remedy", c.remedy ? Json(*c.remedy) : Json()}},
                              self);
        }
        for (const Condition& c : changes.changed) {
            in_.ledger.record("observation.changed", c.key,
                              {{"detail", c.detail},
                               {"severity", observers::to_string(c.severity)}},
                              self);
        }
        for (const auto& row : changes.resolved) {
            in_.ledger.record("observation.resolved", row.key,
                              {{"detail", "it is not so any more"}}, self);
        }
    });
}

void Watch::plan_remedies(const std::vector<Condition>& conditions, const std::stop_token& stop) {
    for (const Condition& condition : conditions) {
        if (stop.stop_requested() || tried_.contains(condition.key)) {
            continue;
        }
        if (plan_remedy(condition, stop)) {
            tried_.insert(condition.key);
        }
    }
}

/// True when there is nothing more to try for this life of the condition.
bool Watch::plan_remedy(const Condition& condition, const std::stop_token& stop) {
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
    const auto remedy = planners::find_remedy(
        {.kind = condition.kind, .subject = condition.subject},
        {.nix = in_.nix,
         .catalogs = in_.catalogs,
         .repository = in_.config.state.directory + "/repository.git",
         .branch = in_.config.flake.branch,
         .host = in_.config.host,
         .running = machine::Machine(in_.machine).links().running},
        stop);
    if (!remedy) {
        core::log(core::Level::info, condition.key + ": " + remedy.problem().message);
        return remedy.problem().code != "cancelled";
    }
    const Actor planner{.kind = audit::ActorKind::planner, .id = "playbook"};
    const auto proposed = pipeline_.propose({.title = remedy->title,
                                             .rationale = remedy->rationale,
                                             .source = proposals::Source::playbook,
                                             .proposer = {.id = "playbook", .kind = "planner"},
                                             .observation = condition.key,
                                             .change = remedy->change,
                                             .base = remedy->base},
                                            planner);
    if (!proposed) {
        core::log(core::Level::warning, condition.key + ": " + proposed.problem().message);
    }
    return true;
}

} // namespace agentd::pipeline
