/// @file
/// What `switch` would do to units: worked out beside the effects, and never hashed with them.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <string>
#include <vector>

namespace agentd::proposals {

enum class UnitAction { none, stop, restart, reload, start, keep };

/// What the two systems say about one unit file, whatever runs: `foo@.service` stands for all that
/// were made of it.
struct UnitMove {
    std::string unit{};
    UnitAction action = UnitAction::none; ///< if it runs; `keep`: changed, and left as it is
    bool wanted = false;                  ///< a target pulls it in: started where it does not run
    std::vector<std::string> sockets{};   ///< that it may be started by; those the new system has
    bool goes_on = false; ///< what it started survives its restart (KillMode=process)
    friend bool operator==(const UnitMove&, const UnitMove&) = default;
};

struct SwitchMoves {
    static constexpr std::size_t max_moves = 8'192;

    std::vector<UnitMove> moves{}; ///< sorted by unit
    bool restarts_manager = false; ///< systemd itself is another
    bool truncated = false;        ///< there are more
    friend bool operator==(const SwitchMoves&, const SwitchMoves&) = default;
};

/// What would happen to the units that run, each list sorted.
struct SwitchPlan {
    std::vector<std::string> stop{};
    std::vector<std::string> restart{};
    std::vector<std::string> reload{};
    std::vector<std::string> start{};
    std::vector<std::string> keep{};    ///< changed, and left running as they are
    std::vector<std::string> goes_on{}; ///< of `restart`: what they started stays, as sessions do
    bool restarts_manager = false;
    bool truncated = false; ///< more may happen than is listed
    friend bool operator==(const SwitchPlan&, const SwitchPlan&) = default;
};

/// `running` are the names of the units that are active or on their way there, sorted.
SwitchPlan plan_of(const SwitchMoves& moves, const std::vector<std::string>& running);

core::Json to_json(const SwitchMoves& moves);
/// Refused: unknown fields and actions, more than `max_moves`.
core::Result<SwitchMoves> moves_from_json(const core::Json& value);
core::Json to_json(const SwitchPlan& plan);

} // namespace agentd::proposals
