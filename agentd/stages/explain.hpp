/// @file
/// Explain: what would really change, from the two built systems.
#pragma once

#include "agentd/analysis/analysis.hpp"
#include "agentd/stages/test.hpp"
#include "evaluator/store_info.hpp"
#include "proposals/disagreement.hpp"
#include "proposals/effects.hpp"
#include "proposals/switch_plan.hpp"

#include <optional>

namespace agentd::stages {

/// The candidate as it would meet this machine.
struct Explained {
    Tested tested;
    evaluator::Closure running;
    evaluator::Closure candidate;
    evaluator::ClosureManifest manifest; ///< of the candidate
    proposals::Effects effects;
    std::optional<proposals::SwitchMoves> moves{}; ///< a hint: nothing depends on it
    /// Options against built systems; nullopt of what was not evaluated.
    std::optional<proposals::Disagreements> disagreement{};
    std::optional<proposals::EvidenceStatus> rehearsal{}; ///< how booting it ended, where it was
    std::optional<proposals::EvidenceStatus> dry_activate{}; ///< where it was asked beside that
};

struct ExplainTools {
    const evaluator::Nix& nix;
    store::Blobs& blobs;
    const core::Clock& clock;
    analysis::Worker worker{};
};

Step<Explained> explain(const Tested& tested, const core::StorePath& running,
                        const ExplainTools& tools, const Reporter& report,
                        const std::stop_token& stop);

} // namespace agentd::stages
