/// @file
/// Time as an injected thing: only the assembly makes a SystemClock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::core {

/// A moment in UTC, to the microsecond.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    /// Microseconds since boot, never going back.
    virtual std::int64_t monotonic_us() const = 0;
};

class SystemClock final : public Clock {
public:
    Instant now() const override;
    std::int64_t monotonic_us() const override;
};

/// `2026-01-02T03:04:05.000006Z`
std::string format_instant(Instant instant);
/// Exactly the form above.
std::optional<Instant> parse_instant(std::string_view text);
/// "3 minutes", "2 hours", for people.
std::string format_duration(std::chrono::microseconds duration);

/// The kernel's id of this boot, or "unknown".
std::string boot_id();
/// /etc/machine-id of this machine (or of `root`), or "unknown".
std::string machine_id(std::string_view root = "");

} // namespace agentd::core
