/// @file
/// Generations of the system profile, and which of them a garbage collection may take.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/machine/machine.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::machine {

/// `<profile>-<number>-link` on the machine.
struct Generation {
    std::int64_t number = 0;
    core::StorePath path;
    core::Instant made{}; ///< of the link
    friend bool operator==(const Generation&, const Generation&) = default;
};

/// By number, oldest first; at most 4096, the newest. Links that lead out of the store are left
/// out; empty when the machine has no such profile.
std::vector<Generation> list_generations(const Machine& machine);

/// Nothing takes these away, and why.
struct Kept {
    core::StorePath path;
    std::string why{};
    friend bool operator==(const Kept&, const Kept&) = default;
};

/// The one place that says what a garbage collection has to leave: what runs, what was booted, what
/// the next boot takes, the last two systems that agentd found healthy, and both ends of what is in
/// flight. What live proposals name is kept by the daemon's own roots.
/// @param last_good newest first.
std::vector<Kept> kept_systems(const SystemLinks& links,
                               const std::vector<core::StorePath>& last_good,
                               const std::vector<core::StorePath>& in_flight);

struct GarbagePlan {
    std::vector<Generation> removed{};
    std::vector<std::pair<Generation, std::string>> kept{}; ///< with the reason
};

/// Removes what is older than `days` and is not kept; never the newest generation. Pure.
GarbagePlan plan_garbage(const std::vector<Generation>& generations, const std::vector<Kept>& kept,
                         core::Instant now, std::int64_t days);

} // namespace agentd::machine
