/// @file
/// Whether the clock is kept right by somebody, and whether it was set by hand.
#pragma once

#include "agentd/observers/observer.hpp"

#include <optional>

namespace agentd::observers {

/// Kinds `clock_not_synchronised` (a service that keeps the time runs and says, or lets the kernel
/// say, that it does not have it, for two looks in a row) and `clock_jumped` (the wall clock moved
/// by more than five seconds against the clock that counts since boot; resolved an hour later).
class TimeSync final : public Observer {
  public:
    std::vector<std::string> kinds() const override;
    Schedule schedule() const override { return {}; }
    Findings look(Sight& sight) override;

    /// @param offset_us wall clock minus time since boot. The jump in seconds, when there was one
    /// lately.
    std::optional<std::int64_t> jump(std::int64_t offset_us, std::int64_t mono_us);

  private:
    std::optional<std::int64_t> offset_{};
    std::optional<std::int64_t> jumped_at_{};
    std::int64_t jumped_by_ = 0;
    int unsynchronised_ = 0;
};

} // namespace agentd::observers
