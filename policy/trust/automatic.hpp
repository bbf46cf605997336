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

inline constexpr int acts_in_a_day = 3;
inline constexpr int acts_in_a_week = 10;
/// The same for what moves no system: a restart, a collection. Problem `budget`.
core::Result<core::Done> may_act(std::span<const Event> events, const Present& now);

/// What happened since a person last agreed to the system that runs.
struct Distance {
    int steps = 0; ///< changes that nobody signed
    EffectClass highest = EffectClass::nothing;
};

/// A lasting change that a person (or root) agreed to ends it where it is at least as grave as all
/// that happened by itself before: a signature for a trifle, or for a trial, is none for the rest.
Distance since_a_person(std::span<const Event> events);

} // namespace agentd::policy::trust
