/// @file
/// What would change on the machine: a pure function of two built toplevels (`agentd.effects/1`).
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/json.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

enum class Risk { none, low, notice, high, critical };

std::string_view to_string(Risk risk) noexcept;
std::optional<Risk> parse_risk(std::string_view text) noexcept;

/// One difference. Strings are UTF-8; what is not becomes U+FFFD when it is written.
struct Effect {
    std::string area{};
    std::string kind{};
    std::string subject{};
    std::optional<std::string> before{};
    std::optional<std::string> after{};
    Risk risk = Risk::none;
    std::string sentence{}; ///< for people, no full stop
    friend bool operator==(const Effect&, const Effect&) = default;
};

struct ClosureChange {
    std::int64_t paths_added = 0;
    std::int64_t paths_removed = 0;
    std::int64_t bytes_before = 0;
    std::int64_t bytes_after = 0;
    friend bool operator==(const ClosureChange&, const ClosureChange&) = default;
};

struct Effects {
    static constexpr std::size_t max_effects = 20'000;
    static constexpr std::size_t max_text = 4096; ///< bytes of subject, before, after, sentence
    static constexpr std::size_t max_bytes = 32U << 20;

    std::string from{}; ///< store path of the running toplevel
    std::string to{};   ///< store path of the candidate
    std::vector<Effect> effects{};
    ClosureChange closure{};
    bool reboot_needed = false;
    bool truncated = false; ///< more was found than is listed
    friend bool operator==(const Effects&, const Effects&) = default;
};

/// A kind of effect that is known, with the risk it has when nothing more is known.
struct KnownKind {
    std::string_view area{};
    std::string_view kind{};
    Risk usual_risk = Risk::notice;
};

std::span<const KnownKind> known_kinds() noexcept;
/// nullptr when the pair is not in the table.
const KnownKind* find_kind(std::string_view area, std::string_view kind) noexcept;

/// Puts the effects into their order: (area, kind, subject, before, after).
void sort(Effects& effects);

/// Sorted, texts cut at `max_text`.
core::Json to_json(const Effects& effects);
core::Json to_json(const Effect& effect);
/// Refused: unknown kinds and fields, effects out of order, anything above the limits.
core::Result<Effects> effects_from_json(const core::Json& value);
core::Result<Effects> parse_effects(std::string_view text);
std::string canonical_bytes(const Effects& effects);
core::Digest digest(const Effects& effects);

/// The highest risk; none when nothing changes; at least high when the list was truncated.
Risk max_risk(const Effects& effects) noexcept;

} // namespace agentd::proposals
