/// @file
/// What happens by itself: one at a time, watched for a day before the next, and not many.
#pragma once

#include "agentd/core/result.hpp"
#include "policy/trust/event.hpp"

#include <chrono>
#include <span>

namespace agentd::policy::trust {

/// How much may happen without a person's approval.
struct Budget {
    std::chrono::seconds soak{std::chrono::hours(24)};
    int in_a_day = 1;  ///< of one class
    int in_a_week = 5; ///< of one class
    std::chrono::days after_a_fault{14};
};

/// When it is asked.
struct Present {
    core::Instant at{};
    std::string boot_id{};
    std::int64_t mono_us = 0;
};

/// Whether one more change of this class may happen by itself now. Of `events` those count to which
/// nobody signed, whoever proposed them: another name has no budget of its own. Problems:
/// `in_flight` (one has not ended), `soaking` (the last one is still watched), `budget`.
core::Result<core::Done> may_begin(std::span<const Event> events, EffectClass effect_class,
                                   const Present& now, const Budget& budget = {});

/// What happened since a person last agreed to the whole system that runs.
struct Distance {
    int steps = 0; ///< changes that nobody signed
    EffectClass highest = EffectClass::nothing;
};

/// A change that a person (or root) agreed to ends it, for what was there then was shown as where
/// it starts from.
Distance since_a_person(std::span<const Event> events);

} // namespace agentd::policy::trust
