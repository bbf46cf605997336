#include "agentd/stages/explain.hpp"

#include "agentd/core/log.hpp"
#include "agentd/stages/agreement.hpp"
#include "agentd/stages/keep.hpp"

#include <fmt/format.h>

namespace agentd::stages {

namespace {

using proposals::EvidenceLevel;
using proposals::EvidenceStatus;

core::Result<Explained> look(const Tested& tested, const core::StorePath& running,
                             const ExplainTools& tools, const std::stop_token& stop) {
    auto before = evaluator::closure_of(tools.nix, running, stop);
    if (!before) {
        return before.problem();
    }
    auto after = evaluator::closure_of(tools.nix, tested.toplevel, stop);
    if (!after) {
        return after.problem();
    }
    auto effects = analysis::effects_between(tools.worker, *before, *after, stop);
    if (!effects) {
        return effects.problem();
    }
    const auto moves = analysis::moves_between(tools.worker, *before, *after, stop);
    if (!moves) {
        core::log(core::Level::warning,
                  "what a switch would restart is not known: " + moves.problem().message);
    }
    auto disagreement = disagreement_of(
        tested, {.worker = tools.worker, .running = *before, .candidate = *after}, stop);
    auto manifest = evaluator::manifest_of(*after);
    return Explained{.tested = tested,
                     .running = std::move(*before),
                     .candidate = std::move(*after),
                     .manifest = std::move(manifest),
                     .effects = std::move(*effects),
                     .moves = moves ? std::optional(*moves) : std::nullopt,
                     .disagreement = std::move(disagreement)};
}

} // namespace

Step<Explained> explain(const Tested& tested, const core::StorePath& running,
                        const ExplainTools& tools, const Reporter& report,
                        const std::stop_token& stop) {
    using namespace std::chrono;
    const auto started = tools.clock.now();
    const auto started_us = tools.clock.monotonic_us();
    auto explained = look(tested, running, tools, stop);
    proposals::Evidence evidence{
        .level = EvidenceLevel::effects,
        .status = EvidenceStatus::passed,
        .started = started,
        .duration = milliseconds((tools.clock.monotonic_us() - started_us) / 1000)};
    if (!explained) {
        const bool cancelled = explained.problem().code == "cancelled";
        evidence.status = cancelled ? EvidenceStatus::cancelled : EvidenceStatus::failed;
        evidence.summary = explained.problem().message;
        report.evidence(evidence);
        return cancelled ? Step<Explained>(Cancelled{}) : Refused{explained.problem()};
    }
    const auto count = explained->effects.effects.size();
    evidence.nix = explained->running.nix_time + explained->candidate.nix_time;
    evidence.summary = fmt::format("{} effect{} on this machine", count, count == 1 ? "" : "s") +
                       summary_of(explained->disagreement);
    evidence.result_digest = proposals::digest(explained->effects);
    report.evidence(evidence);
    return std::move(*explained);
}

} // namespace agentd::stages
