/// @file
/// Who makes room for a newcomer when a listener is full.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace agentd::web {

/// A connection as far as it matters for whether it may stay.
struct Guest {
    std::string party{};                           ///< whose: an address, or a uid
    bool known = false;                            ///< comes with a session
    bool at_work = false;                          ///< is being answered right now
    std::chrono::steady_clock::time_point since{}; ///< of its last sign of life
};

/// The one that goes: a stranger, else one that is known and at rest; of those one of the party
/// that holds the most, the longest at rest first. Nullopt: everybody is known and at work.
std::optional<std::size_t> who_goes(std::span<const Guest> guests);

} // namespace agentd::web
