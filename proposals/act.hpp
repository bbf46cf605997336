/// @file
/// Acts (`agentd.act/1`): the few things done to a machine without another system, each with its
/// own bounds.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/names.hpp"
#include "proposals/effects.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace agentd::proposals {

/// Deletes the system's generations that are older, and what nothing in the store keeps any more.
struct GcOlderThan {
    static constexpr std::int64_t least = 1, most = 3650;
    std::int64_t days = most;
    friend bool operator==(const GcOlderThan&, const GcOlderThan&) = default;
};

/// Deletes the oldest entries of systemd's journal until it is no larger.
struct VacuumJournal {
    static constexpr std::int64_t least = 64, most = 1'048'576;
    std::int64_t megabytes = most; ///< MiB
    friend bool operator==(const VacuumJournal&, const VacuumJournal&) = default;
};

struct RestartUnit {
    core::UnitName unit;
    friend bool operator==(const RestartUnit&, const RestartUnit&) = default;
};

struct ResetFailed {
    core::UnitName unit;
    friend bool operator==(const ResetFailed&, const ResetFailed&) = default;
};

using Act = std::variant<GcOlderThan, VacuumJournal, RestartUnit, ResetFailed>;

/// `gc_older_than`, `vacuum_journal`, `restart_unit` or `reset_failed`.
std::string_view name_of(const Act& act) noexcept;
/// The unit it is about; nullptr when it is about none.
const core::UnitName* unit_of(const Act& act) noexcept;

core::Json to_json(const Act& act);
/// Problems: `bad_act` for a number outside its bounds or a unit that no act may be about, and
/// those of ObjectReader.
core::Result<Act> act_from_json(const core::Json& value);
/// What a statement binds; only the very bytes that `canonical_bytes` writes are read.
std::string canonical_bytes(const Act& act);
core::Result<Act> parse_act(std::string_view text);

/// Why this is never done, whoever agrees: outside its bounds, or it would restart what records or
/// carries out acts, the message bus, or init. nullopt when it may be.
std::optional<std::string> why_forbidden(const Act& act);

/// What it does, as effects of area `act`: a pure function of the act. Both systems are `running`.
Effects effects_of(const Act& act, const core::StorePath& running);

/// `restart nginx.service`, for titles.
std::string describe(const Act& act);

} // namespace agentd::proposals
