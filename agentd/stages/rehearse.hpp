/// @file
/// Rehearse: the candidate boots in a container beside what runs now, and what came of it is
/// evidence. It lifts no finding and refuses nothing by itself.
#pragma once

#include "agentd/rehearsal/theatre.hpp"
#include "agentd/stages/explain.hpp"

namespace agentd::rehearsal {
struct Expected;
} // namespace agentd::rehearsal

namespace agentd::stages {

struct RehearseTools {
    store::Blobs& blobs;
    const core::Clock& clock;
    rehearsal::Theatre theatre{};
};

/// What rehearsing found out, for policy.
struct Rehearsed {
    proposals::EvidenceStatus status = proposals::EvidenceStatus::not_tried;
    std::optional<proposals::EvidenceStatus> dry_activate{}; ///< nullopt: what runs did not come up
};

/// What the effects of a change let one expect of it.
rehearsal::Expected expected_of(const proposals::Effects& effects,
                                const std::optional<proposals::SwitchMoves>& moves);

/// Records the evidence, whatever it is. Never Refused.
Step<Rehearsed> rehearse(const Explained& explained, const RehearseTools& tools,
                         const Reporter& report, const std::stop_token& stop);

} // namespace agentd::stages
