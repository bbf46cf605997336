/// @file
/// The rules of a time zone (RFC 8536): what the clocks of a place show at an instant.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "agentd/core/zone_rule.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace agentd::core {

/// Never changed once made; copies share nothing.
class Zone {
  public:
    static constexpr std::size_t max_bytes = 256U << 10;

    /// From a TZif file's bytes, any version. Problem `bad_zone`.
    static Result<Zone> from_tzif(std::string_view bytes);
    /// From a POSIX rule (`CET-1CEST,M3.5.0,M10.5.0/3`). Problem `bad_zone`.
    static Result<Zone> from_rule(std::string_view rule);

    /// What local time is ahead of UTC.
    std::chrono::seconds offset(Instant at) const;
    /// The first instant after `after` at which the offset may be another; nullopt: never again.
    std::optional<Instant> next_change(Instant after) const;

  private:
    std::vector<ZoneChange> changes_{}; ///< in order
    std::chrono::seconds first_{0};     ///< before the first of them
    std::optional<ZoneRule> rule_{};    ///< after the last of them
};

} // namespace agentd::core
