/// @file
/// Who makes room for a newcomer when a listener is full.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

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

/// What a connection was told and has not taken yet.
struct Untaken {
    std::size_t bytes = 0;
    std::chrono::steady_clock::time_point since{}; ///< when it took something last
};

/// What may wait for all of them together.
struct Patience {
    std::size_t bytes = 0;
    std::chrono::milliseconds still{}; ///< for who takes nothing, before it goes for another
};

/// Who goes so that `more` bytes may wait beside what the others have not taken: nobody where they
/// may, else who took nothing for too long, the longest first. Nullopt: they may not, and nobody
/// goes.
std::optional<std::vector<std::size_t>> who_gives_way(std::span<const Untaken> others,
                                                      std::size_t more, const Patience& patience,
                                                      std::chrono::steady_clock::time_point now);

} // namespace agentd::web
