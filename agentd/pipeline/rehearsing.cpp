#include "agentd/pipeline/rehearsing.hpp"

namespace agentd::pipeline {

core::Result<core::Done> rehearse_if_wanted(const Surroundings& in, const proposals::Draft& draft,
                                            const stages::Reporter& report,
                                            const std::stop_token& stop,
                                            stages::Explained& explained) {
    if (!in.config.rehearse.enable || draft.change() == nullptr) {
        return core::Done{};
    }
    const auto rehearsed = stages::rehearse(
        explained, {.blobs = in.blobs, .clock = in.clock, .theatre = in.theatre}, report, stop);
    if (const auto* done = std::get_if<stages::Rehearsed>(&rehearsed)) {
        explained.rehearsal = done->status;
        explained.dry_activate = done->dry_activate;
        return core::Done{};
    }
    return core::Problem{.code = "cancelled", .message = "the test was stopped"};
}

std::optional<proposals::EvidenceStatus> ended(const std::vector<store::EvidenceRow>& rows,
                                               proposals::EvidenceLevel level) {
    std::optional<proposals::EvidenceStatus> out;
    for (const auto& row : rows) {
        if (row.evidence.level == level) {
            out = row.evidence.status;
        }
    }
    return out;
}

} // namespace agentd::pipeline
