/// @file
/// Windows: the hours of a place's clock in which something may happen. No clock and no files: the
/// instant and the rules of the zone are given.
#pragma once

#include "agentd/core/clock.hpp"

#include <bitset>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace agentd::core {
class Zone;
}

namespace agentd::policy {

/// Open exactly while the clock of the place shows it: an hour that is skipped opens nothing, one
/// that comes twice is open twice.
struct Window {
    std::string name{};
    std::bitset<7> days{};                    ///< on which it begins, Monday first
    std::chrono::minutes from{};              ///< of the local day
    std::chrono::minutes to{};                ///< at most 24 h; not after `from`: of the next day
    std::string tz{};                         ///< `Europe/Berlin`
    std::shared_ptr<const core::Zone> zone{}; ///< never changed; null: not known, never open
};

bool is_open(const Window& window, core::Instant at);

struct Opening {
    core::Instant from{}; ///< the instant asked for, when it is open already
    core::Instant until{};
    friend bool operator==(const Opening&, const Opening&) = default;
};

/// When all of them are open together, now or next, within 400 days. Of none: nullopt.
std::optional<Opening> next_opening(std::span<const Window* const> windows, core::Instant at);

} // namespace agentd::policy
