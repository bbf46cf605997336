#include "agentd/pipeline/agenda.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/pipeline/job.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::pipeline {

using core::Done;
using core::Problem;
using core::Result;
using proposals::Level;
using proposals::State;
using stages::Agreement;

namespace {

constexpr auto patience = std::chrono::minutes(10);

Problem too_early(core::Instant when, const char* what) {
    return {.code = "too_early", .message = what, .where = core::format_instant(when)};
}

/// A kernel, and what is first after it, is staged for the next boot: nobody is there to look.
proposals::Mode mode_of(const stages::Decided& decided, const store::Blobs& blobs) {
    const auto digest = core::Digest::parse(decided.revision.effects_blob);
    const auto bytes = digest ? blobs.get(*digest) : std::nullopt;
    const auto effects =
        bytes ? proposals::parse_effects(*bytes) : Result<proposals::Effects>(Problem{});
    const auto first = [](const proposals::Effect& effect) {
        return effect.kind == "kernel_changed" || effect.kind == "initrd_changed" ||
               effect.kind == "systemd_changed";
    };
    const bool staged =
        !effects || std::any_of(effects->effects.begin(), effects->effects.end(), first);
    return decided.draft.change() != nullptr && staged ? proposals::Mode::boot
                                                       : stages::usual_mode(decided.draft);
}

/// When to look again at what is refused now.
core::Instant again_at(const Problem& why, core::Instant now) {
    const auto when = core::parse_instant(why.where);
    return why.code == "too_early" && when ? *when : now + patience;
}

} // namespace

/// Root's clock runs from what it answers; asked again it answers the same.
Result<core::Instant> Agenda::announce(const std::string& statement, const std::string& id,
                                       const std::stop_token& stop) {
    const auto answer = stages::ask_applyd(pipeline_.in_.config.sockets.apply,
                                           {{"op", "announce"}, {"statement", statement}}, stop);
    if (!answer) {
        return answer.problem();
    }
    pipeline_.in_.sequencer.ask([&] { pipeline_.in_.ledger.catch_up(); });
    const auto at = core::parse_instant(answer->value("at", ""));
    return at ? Result<core::Instant>(*at)
              : Problem{.code = "unavailable",
                        .message = "agentd-applyd does not say when it was told",
                        .where = id};
}

Result<Done> Agenda::is_due(const stages::Approved& approved, const stages::Decided& decided,
                            const std::stop_token& stop) {
    const auto& statement = approved.statement();
    const auto now = pipeline_.in_.clock.now();
    if (now < statement.not_before) {
        return too_early(statement.not_before, "its window is not open yet");
    }
    if (approved.presences().size() == 1 &&
        approved.presences().front().method == proposals::PresenceMethod::break_glass) {
        return Done{};
    }
    const auto how = approved.presences().empty() ? Agreement::policy : Agreement::people;
    const auto delay = stages::delay_of(decided.decision.verdict, how);
    if (delay.count() == 0) {
        return Done{};
    }
    const auto at = announce(approved.bytes(), decided.proposal, stop);
    if (!at) {
        return at.problem();
    }
    return *at + delay > now
               ? Result<Done>(too_early(*at + delay, "policy lets it happen after a while only"))
               : Done{};
}

/// Approved, with nobody's signature, where its time has come; else when that is.
Result<core::Instant> Agenda::agree_by_policy(const store::ProposalRow& row,
                                              const std::stop_token& stop) {
    const auto job = pipeline_.job_of(row.id);
    const auto decided = pipeline_.decided(row.id);
    if (!job || !decided) {
        return job ? decided.problem() : job.problem();
    }
    const auto policy = pipeline_.still_holds(*job, *decided);
    if (!policy) {
        return policy.problem();
    }
    const auto now = pipeline_.in_.clock.now();
    const auto told = pipeline_.in_.sequencer.ask(
        [&] { return pipeline_.in_.ledger.queries().announced(row.id); });
    auto statement = told ? proposals::parse_statement(told->statement)
                          : Result<proposals::Statement>(Problem{});
    if (!statement || now >= statement->expires) {
        statement = pipeline_.desk_.prepare(*decided, mode_of(*decided, pipeline_.in_.blobs),
                                            policy->policy, Agreement::policy);
    }
    if (!statement) {
        return statement.problem();
    }
    const std::string bytes = proposals::canonical_bytes(*statement);
    const auto delay = stages::delay_of(decided->decision.verdict, Agreement::policy);
    auto due = statement->not_before;
    if (*row.level == Level::veto || delay.count() > 0) {
        const auto at = announce(bytes, row.id, stop);
        if (!at) {
            return at.problem();
        }
        due = std::max(due, *at + delay);
    }
    if (due > now) {
        return due;
    }
    pipeline_.in_.sequencer.ask([&] {
        const auto still = pipeline_.in_.ledger.queries().proposal(row.id);
        if (still && still->state == State::decided && still->round == row.round) {
            grant(pipeline_.in_.ledger, row.id,
                  {.statement = bytes, .presence = {.method = proposals::PresenceMethod::none}},
                  {.name = "policy"}, {.kind = audit::ActorKind::system, .id = "policy"});
        }
    });
    return now;
}

void Agenda::keep_soon() {
    if (!keeping_.exchange(true)) {
        const bool posted = pipeline_.in_.applies.post([this](const std::stop_token& stop) {
            try {
                keep(stop);
            } catch (const core::Failure& failure) {
                core::log(core::Level::warning, failure.what());
            }
            keeping_ = false;
        });
        keeping_ = keeping_ && posted;
    }
}

void Agenda::keep(const std::stop_token& stop) {
    const auto open = pipeline_.in_.sequencer.ask(
        [&] { return pipeline_.in_.ledger.queries().proposals(store::Which::open); });
    std::map<std::string, core::Instant> looked;
    for (const auto& row : open) {
        // Of this round and this state only: what is verified anew is looked at anew.
        const std::string what =
            row.id + std::to_string(row.round) + std::string(proposals::to_string(row.state));
        const auto known = not_before_.find(what);
        if (known != not_before_.end() && known->second > pipeline_.in_.clock.now()) {
            looked.emplace(what, known->second);
        } else if (const auto again = look(row, stop)) {
            looked.emplace(what, *again);
        }
    }
    not_before_ = std::move(looked);
}

/// When to look again; nullopt: any time.
std::optional<core::Instant> Agenda::look(const store::ProposalRow& row,
                                          const std::stop_token& stop) try {
    const auto now = pipeline_.in_.clock.now();
    const bool by_policy = row.state == State::decided && row.level && *row.level >= Level::veto;
    if (!by_policy && (row.state != State::approved || !waits_for_its_time(row.id))) {
        return std::nullopt; // a person decides, or applies it
    }
    if (by_policy) {
        const auto due = agree_by_policy(row, stop);
        if (!due) {
            core::log(core::Level::warning, row.id + ": " + due.problem().message);
        }
        if (!due || *due > now) {
            return due ? *due : again_at(due.problem(), now);
        }
    }
    const auto outcome = pipeline_.apply(row.id, {}, stop);
    if (outcome) {
        return std::nullopt;
    }
    core::log(core::Level::info, row.id + ": " + outcome.problem().message);
    return again_at(outcome.problem(), now);
} catch (const core::Failure& failure) { // one that is broken keeps no other from its time
    core::log(core::Level::warning, row.id + ": " + failure.what());
    return std::nullopt;
}

/// Approved by policy, or by people for a window or after a delay.
bool Agenda::waits_for_its_time(const std::string& id) {
    return pipeline_.in_.sequencer.ask([&] {
        const auto queries = pipeline_.in_.ledger.queries();
        const auto rows = queries.approvals(id);
        const auto decision = queries.decision(id);
        return !rows.empty() && decision &&
               (rows.front().presence.method == proposals::PresenceMethod::none ||
                !decision->verdict.obligations.windows.empty() ||
                stages::delay_of(decision->verdict, Agreement::people).count() > 0);
    });
}

} // namespace agentd::pipeline
