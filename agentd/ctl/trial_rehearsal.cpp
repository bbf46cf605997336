#include "agentd/ctl/trial_rehearsal.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::ctl {

namespace {

constexpr std::size_t most_log = 64U << 10;

const proposals::Evidence* evidence_of(const Tried& tried) {
    const auto at = std::find_if(tried.evidence.rbegin(), tried.evidence.rend(),
                                 [](const proposals::Evidence& each) {
                                     return each.level == proposals::EvidenceLevel::rehearsal;
                                 });
    return at == tried.evidence.rend() ? nullptr : &*at;
}

} // namespace

void rehearse_both(stages::Explained& explained, const TrialTools& tools, store::Blobs& blobs,
                   const stages::Reporter& report, const std::stop_token& stop, Tried& tried) {
    tools.tell("booting both in a container …");
    const auto rehearsed = stages::rehearse(
        explained, {.blobs = blobs, .clock = tools.clock, .theatre = tools.theatre}, report, stop);
    if (const auto* done = std::get_if<stages::Rehearsed>(&rehearsed)) {
        tried.rehearsal = done->status;
        explained.rehearsal = done->status;
        explained.dry_activate = done->dry_activate;
    } else {
        tried.cancelled = true;
    }
    if (const auto* evidence = evidence_of(tried); evidence != nullptr && evidence->log_blob) {
        tried.log = core::to_utf8(blobs.get(*evidence->log_blob).value_or("").substr(0, most_log));
    }
}

std::string rehearsal_summary(const Tried& tried) {
    const auto* evidence = evidence_of(tried);
    return evidence == nullptr ? "" : evidence->summary;
}

} // namespace agentd::ctl
