#include "proposals/evidence.hpp"

#include "proposals/names.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;

namespace {

constexpr Names<EvidenceLevel, 9> level_names{"intake",       "parse",     "evaluate",
                                              "build",        "effects",   "checks",
                                              "dry_activate", "rehearsal", "hosts"};
constexpr Names<EvidenceStatus, 7> status_names{"passed", "failed",   "cancelled", "timed_out",
                                                "limit",  "unjudged", "not_tried"};
constexpr std::int64_t longest_ms = std::int64_t{1000} * 60 * 60 * 24 * 30;

Json to_json(const std::optional<core::Digest>& digest) {
    return digest ? Json(digest->hex()) : Json(nullptr);
}

std::optional<core::Digest> read_digest(ObjectReader& in, const char* key) {
    const auto text = in.optional_text(key, 64);
    if (!text) {
        return std::nullopt;
    }
    auto digest = core::Digest::parse(*text);
    if (!digest) {
        in.refuse(key, "is not a SHA-256");
    }
    return digest;
}

} // namespace

std::string_view to_string(EvidenceLevel level) noexcept {
    return name_of(level_names, level);
}
std::string_view to_string(EvidenceStatus status) noexcept {
    return name_of(status_names, status);
}
std::optional<EvidenceLevel> parse_evidence_level(std::string_view text) noexcept {
    return value_of(level_names, text);
}
std::optional<EvidenceStatus> parse_evidence_status(std::string_view text) noexcept {
    return value_of(status_names, text);
}

Json to_json(const Evidence& evidence) {
    return {{"schema", "agentd.evidence/1"},
            {"level", to_string(evidence.level)},
            {"status", to_string(evidence.status)},
            {"started", core::format_instant(evidence.started)},
            {"duration_ms", evidence.duration.count()},
            {"nix_ms", evidence.nix.count()},
            {"summary", evidence.summary},
            {"log_blob", to_json(evidence.log_blob)},
            {"result_digest", to_json(evidence.result_digest)},
            {"env_digest", to_json(evidence.env_digest)}};
}

core::Result<Evidence> evidence_from_json(const Json& value) {
    ObjectReader in(value, "evidence");
    in.one_of("schema", {"agentd.evidence/1"});
    const auto level =
        parse_evidence_level(in.one_of("level", {"intake", "parse", "evaluate", "build", "effects",
                                                 "checks", "dry_activate", "rehearsal", "hosts"}));
    const auto status =
        parse_evidence_status(in.one_of("status", {"passed", "failed", "cancelled", "timed_out",
                                                   "limit", "unjudged", "not_tried"}));
    const auto started = core::parse_instant(in.text("started", 64));
    Evidence evidence{.level = level.value_or(EvidenceLevel::intake),
                      .status = status.value_or(EvidenceStatus::failed),
                      .started = started.value_or(core::Instant{}),
                      .duration =
                          std::chrono::milliseconds(in.integer("duration_ms", 0, longest_ms)),
                      .nix = std::chrono::milliseconds(in.integer("nix_ms", 0, longest_ms)),
                      .summary = in.text("summary", 4096),
                      .log_blob = read_digest(in, "log_blob"),
                      .result_digest = read_digest(in, "result_digest"),
                      .env_digest = read_digest(in, "env_digest")};
    if (!started) {
        in.refuse("started", "is not a time");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return evidence;
}

} // namespace agentd::proposals
