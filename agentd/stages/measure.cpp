#include "agentd/stages/measure.hpp"

#include "agentd/core/text.hpp"
#include "agentd/stages/keep.hpp"

namespace agentd::stages {

using std::chrono::milliseconds;

Measure::Measure(proposals::EvidenceLevel level, const TestTools& tools)
    : level_(level), tools_(tools), started_(tools.clock.now()),
      started_us_(tools.clock.monotonic_us()) {}

proposals::Evidence Measure::end(proposals::EvidenceStatus status, const std::string& summary,
                                 milliseconds nix, const std::string& log) const {
    proposals::Evidence evidence{
        .level = level_,
        .status = status,
        .started = started_,
        .duration = milliseconds((tools_.clock.monotonic_us() - started_us_) / 1000),
        .nix = nix,
        .summary = core::shorten(core::to_utf8(summary), 2000)};
    if (!log.empty()) {
        evidence.log_blob = keep(tools_.blobs, log);
    }
    return evidence;
}

proposals::EvidenceStatus status_of(const std::string& code) {
    using proposals::EvidenceStatus;
    return code.ends_with("_timeout") ? EvidenceStatus::timed_out
           : code.ends_with("_limit") ? EvidenceStatus::limit
                                      : EvidenceStatus::failed;
}

} // namespace agentd::stages
