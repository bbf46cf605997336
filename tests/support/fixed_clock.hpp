/// @file
/// A clock that stands still until a test moves it.
#pragma once

#include "agentd/core/clock.hpp"

namespace agentd::test {

class FixedClock final : public core::Clock {
public:
    core::Instant now() const override { return now_; }
    std::int64_t monotonic_us() const override { return now_.time_since_epoch().count(); }
    void advance(std::chrono::microseconds by) { now_ += by; }

private:
    core::Instant now_{std::chrono::microseconds{1'767'323'045'000'006}}; // 2026-01-02T03:04:05.000006Z
};

} // namespace agentd::test
