/// @file
/// What one test level found out (`agentd.evidence/1`).
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/json.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals {

enum class EvidenceLevel {
    intake,
    parse,
    evaluate,
    build,
    effects,
    checks,
    dry_activate,
    rehearsal,
    hosts
};
enum class EvidenceStatus {
    passed,
    failed,
    cancelled,
    timed_out,
    limit,
    unjudged, ///< it was tried, and does not tell enough
    not_tried ///< it cannot be had here; the summary says why
};

std::string_view to_string(EvidenceLevel level) noexcept;
std::string_view to_string(EvidenceStatus status) noexcept;
std::optional<EvidenceLevel> parse_evidence_level(std::string_view text) noexcept;
std::optional<EvidenceStatus> parse_evidence_status(std::string_view text) noexcept;

struct Evidence {
    EvidenceLevel level{};
    EvidenceStatus status{};
    core::Instant started{};
    std::chrono::milliseconds duration{};
    std::chrono::milliseconds nix{}; ///< the share spent inside Nix
    std::string summary{};           ///< one line for people, at most 4 KiB
    std::optional<core::Digest> log_blob{};
    std::optional<core::Digest> result_digest{};
    std::optional<core::Digest> env_digest{};
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

core::Json to_json(const Evidence& evidence);
core::Result<Evidence> evidence_from_json(const core::Json& value);

} // namespace agentd::proposals
