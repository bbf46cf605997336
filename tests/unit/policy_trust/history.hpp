/// @file
/// Histories for tests of the ladder: made day by day, numbered and stamped as a log would.
#pragma once

#include "policy/trust/automatic.hpp"
#include "policy/trust/ladder.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <string>
#include <vector>

namespace agentd::test {

using policy::EffectClass;
using policy::trust::AgreedBy;
using policy::trust::Event;
using policy::trust::EventKind;
using policy::trust::Grant;
using policy::trust::Identity;
using policy::trust::Key;
using policy::trust::Ladder;
using policy::trust::Moment;
using policy::trust::Standing;
using policy::trust::TrustLevel;

inline constexpr core::Instant start{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)};
inline const std::string policy_digest(64, 'a');

inline Key key_of(std::string id = "claude", EffectClass effect_class = EffectClass::package) {
    return {.who = {.kind = "agent", .id = std::move(id), .binding = std::string(64, '1')},
            .effect_class = effect_class,
            .host_class = "web"};
}

inline Grant grant_of(const Key& key, TrustLevel level, core::Instant at,
                      std::chrono::days lasts = std::chrono::days(30)) {
    return {.key = key,
            .level = level,
            .host = "web",
            .machine_id = std::string(32, '0'),
            .policy_sha256 = policy_digest,
            .agentd_version = "1",
            .reason = "it went well",
            .not_before = at,
            .expires = at + lasts,
            .nonce = std::string(64, 'b')};
}

/// Events in order; the clock is set by whoever adds them.
class History {
  public:
    core::Instant now = start;
    std::vector<Event> events;

    History& pass(std::chrono::microseconds time) {
        now += time;
        return *this;
    }
    Event& add(EventKind kind, std::string proposal = {}) {
        events.push_back({.kind = kind,
                          .index = events.size(),
                          .at = now,
                          .boot_id = "boot",
                          .mono_us = (now - start).count(),
                          .proposal = std::move(proposal),
                          .because = std::string(to_string(kind))});
        return events.back();
    }
    std::string begin(const Key& key, AgreedBy by = AgreedBy::person, std::string target = {}) {
        const std::string proposal = "P" + std::to_string(events.size());
        Event& event = add(EventKind::begun, proposal);
        event.who = key.who;
        event.effect_class = key.effect_class;
        event.host_class = key.host_class;
        event.by = by;
        event.targets = {target.empty() ? "unit" + std::to_string(events.size()) : target};
        return proposal;
    }
    std::string apply(const Key& key, AgreedBy by = AgreedBy::person, std::string target = {},
                      EventKind end = EventKind::confirmed) {
        const std::string proposal = begin(key, by, std::move(target));
        pass(std::chrono::minutes(1));
        add(end, proposal);
        return proposal;
    }
    void grant(const Key& key, TrustLevel level) {
        add(EventKind::granted).grant = grant_of(key, level, now);
    }
    /// One a day, each well and of something else.
    History& good_days(const Key& key, int days, AgreedBy by = AgreedBy::person) {
        for (int day = 0; day < days; ++day) {
            apply(key, by);
            pass(std::chrono::hours(24));
        }
        return *this;
    }
    Moment moment() const {
        return {.at = now,
                .policy_sha256 = policy_digest,
                .agentd_version = "1",
                .verified = true,
                .least_entries = events.size()};
    }
};

inline Ladder fold(const std::vector<Event>& events) {
    Ladder ladder;
    for (const Event& event : events) {
        ladder.take(event);
    }
    return ladder;
}

inline Standing standing(const History& history, const Key& key = key_of()) {
    return fold(history.events).standing(key, history.moment());
}

inline TrustLevel level(const History& history, const Key& key = key_of()) {
    return standing(history, key).level;
}

/// Numbered anew, as whoever forges a log would.
inline void renumber(std::vector<Event>& events) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].index = i;
    }
}

/// Enough for `veto`, granted; then enough for `auto`, granted.
inline History trusted(const Key& key = key_of()) {
    History history;
    history.good_days(key, 15);
    history.grant(key, TrustLevel::veto);
    history.good_days(key, 6, AgreedBy::objection_period);
    history.grant(key, TrustLevel::automatic);
    return history;
}

} // namespace agentd::test
