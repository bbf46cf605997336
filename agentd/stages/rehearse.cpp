#include "agentd/stages/rehearse.hpp"

#include "agentd/core/text.hpp"
#include "agentd/rehearsal/judge.hpp"
#include "agentd/stages/dry_activate.hpp"
#include "agentd/stages/keep.hpp"
#include "policy/join.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace agentd::stages {

namespace {

using core::Json;
using proposals::Evidence;
using proposals::EvidenceLevel;
using proposals::EvidenceStatus;
using rehearsal::Judgement;
using rehearsal::Rehearsal;

EvidenceStatus status_of(Judgement::Kind kind) {
    switch (kind) {
    case Judgement::Kind::passed:
        return EvidenceStatus::passed;
    case Judgement::Kind::failed:
        return EvidenceStatus::failed;
    case Judgement::Kind::timed_out:
        return EvidenceStatus::timed_out;
    case Judgement::Kind::unjudged:
        break;
    }
    return EvidenceStatus::unjudged;
}

/// The evidence of one level, from its beginning.
class Level {
  public:
    explicit Level(const RehearseTools& tools)
        : tools_(tools), started_(tools.clock.now()), started_us_(tools.clock.monotonic_us()) {}

    Evidence end(EvidenceStatus status, const std::string& summary, const std::string& log) const {
        using std::chrono::milliseconds;
        Evidence evidence{.level = EvidenceLevel::rehearsal,
                          .status = status,
                          .started = started_,
                          .duration =
                              milliseconds((tools_.clock.monotonic_us() - started_us_) / 1000),
                          .summary = core::shorten(core::printable(summary), 2'000)};
        if (!log.empty()) {
            evidence.log_blob = keep(tools_.blobs, log);
        }
        return evidence;
    }

  private:
    const RehearseTools& tools_;
    core::Instant started_;
    std::int64_t started_us_;
};

std::string log_of(const Judgement& judged, const Rehearsal& base, const Rehearsal& candidate) {
    return rehearsal::text_of(judged) +
           fmt::format("\n== the candidate, {} after {} ms ==\n{}\n== what runs now, {} after {} "
                       "ms ==\n{}",
                       candidate.state, candidate.boot.count(), candidate.log, base.state,
                       base.boot.count(), base.log);
}

Evidence judged(const Level& level, const Rehearsal& base, const Rehearsal& candidate,
                const Explained& explained, store::Blobs& blobs) {
    const auto judgement =
        rehearsal::judge(base, candidate, expected_of(explained.effects, explained.moves));
    auto evidence =
        level.end(status_of(judgement.kind), judgement.summary, log_of(judgement, base, candidate));
    const Json result{{"schema", "agentd.rehearsed/1"},
                      {"judgement", rehearsal::to_json(judgement)},
                      {"base", rehearsal::to_json(base)},
                      {"candidate", rehearsal::to_json(candidate)}};
    evidence.result_digest = keep(blobs, core::canonical(result));
    evidence.env_digest = keep(blobs, candidate.environment + "\n");
    return evidence;
}

bool is_mounted(const std::string& unit) {
    return unit.ends_with(".mount") || unit.ends_with(".automount") || unit.ends_with(".swap");
}

} // namespace

rehearsal::Expected expected_of(const proposals::Effects& effects,
                                const std::optional<proposals::SwitchMoves>& moves) {
    rehearsal::Expected out;
    for (const auto& effect : effects.effects) {
        if ((effect.kind == "unit_added" || effect.kind == "unit_changed" ||
             effect.kind == "unit_unreadable") &&
            core::UnitName::parse(effect.subject)) {
            out.units.push_back(effect.subject);
        } else if (effect.kind == "unit_removed") {
            out.removed.push_back(effect.subject);
        } else if (effect.kind == "port_opened") {
            out.opened.push_back(policy::canonical_port(effect.subject));
        }
    }
    using proposals::UnitAction;
    for (const auto& move : moves ? moves->moves : std::vector<proposals::UnitMove>()) {
        if (move.action == UnitAction::restart || move.action == UnitAction::reload ||
            move.action == UnitAction::keep) {
            out.units.push_back(move.unit);
        } else if (move.action == UnitAction::stop) {
            out.removed.push_back(move.unit);
        } else if (move.wanted && is_mounted(move.unit)) { // a new one: of fstab there are no units
            out.units.push_back(move.unit);
        }
    }
    out.partly = moves && moves->truncated;
    for (auto* list : {&out.units, &out.removed}) {
        std::sort(list->begin(), list->end());
        list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    return out;
}

Step<Rehearsed> rehearse(const Explained& explained, const RehearseTools& tools,
                         const Reporter& report, const std::stop_token& stop) {
    const Level level(tools);
    Rehearsed out;
    const auto ended = [&](const core::Problem& problem) -> Step<Rehearsed> {
        const bool cancelled = problem.code == "cancelled";
        const auto status = cancelled ? EvidenceStatus::cancelled : EvidenceStatus::not_tried;
        report.evidence(level.end(
            status, problem.message + (problem.hint.empty() ? "" : "; " + problem.hint), ""));
        out.status = status;
        return cancelled ? Step<Rehearsed>(Cancelled{}) : out;
    };
    report.log(EvidenceLevel::rehearsal, {"what runs now boots in a container"});
    const auto base =
        rehearsal::rehearse(tools.theatre, {.system = explained.running.root, .kept = true}, stop);
    if (!base) {
        return ended(base.problem());
    }
    if (base->up) {
        // In another container than the one that the candidate is held against: it is the
        // candidate's own program, and may do to what runs there what it likes.
        const auto asked = rehearsal::rehearse(
            tools.theatre,
            {.system = explained.running.root, .dry_activate = explained.candidate.root}, stop);
        out.dry_activate = record_dry_activation(asked, explained, tools, report);
    }
    report.log(EvidenceLevel::rehearsal, {"the candidate boots in a container"});
    const auto candidate =
        rehearsal::rehearse(tools.theatre, {.system = explained.candidate.root}, stop);
    if (!candidate && base->up &&
        (candidate.problem().code == "not_started" ||
         candidate.problem().code == "rehearsal_broken")) {
        // A container can be had here, as what runs has shown.
        report.evidence(level.end(EvidenceStatus::failed,
                                  "what runs now came up; " + candidate.problem().message,
                                  base->log));
        out.status = EvidenceStatus::failed;
        return out;
    }
    if (!candidate) {
        return ended(candidate.problem());
    }
    const auto evidence = judged(level, *base, *candidate, explained, tools.blobs);
    report.evidence(evidence);
    out.status = evidence.status;
    return out;
}

} // namespace agentd::stages
