/// @file
/// One thing that happened, as far as it matters for trust.
#pragma once

#include "agentd/core/clock.hpp"
#include "policy/trust/grant.hpp"
#include "policy/trust/identity.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace agentd::policy::trust {

enum class EventKind {
    other,       ///< an entry that says nothing about trust; its number and its clocks count
    begun,       ///< root begins an apply
    confirmed,   ///< it ended well
    rolled_back, ///< it was taken back, or did not come up
    dropped,     ///< it ended without having been tried, or a person wanted it back
    ill,         ///< within a day of it something that it touched failed
    dangerous,   ///< a person refused the proposal as dangerous
    mismatch,    ///< what was to be applied is not what was shown: whose proposal it was
    host_fault,  ///< the log lost entries, or the like: nothing of before counts
    glass,       ///< root broke the glass
    granted,     ///< a person's grant, verified
    withdrawn,   ///< a person takes trust back
    acted,       ///< root does what moves no system, and nobody signed it
};

std::string_view to_string(EventKind kind) noexcept;

/// Who agreed to an apply.
enum class AgreedBy { person, root, objection_period, policy };
std::string_view to_string(AgreedBy by) noexcept;

struct Event {
    static constexpr std::size_t max_targets = 16;

    EventKind kind = EventKind::other;
    std::uint64_t index = 0; ///< its number: each follows the one before
    core::Instant at{};
    std::string boot_id{};
    std::int64_t mono_us = 0;
    std::string proposal{};
    /// Of begun, dangerous, mismatch and withdrawn. Withdrawn with an empty id: everybody's.
    Identity who{};
    /// Of begun and withdrawn; none: of every class.
    std::optional<EffectClass> effect_class{};
    std::string host_class{};
    AgreedBy by = AgreedBy::person;
    bool trial = false;              ///< of begun: until the next boot only
    std::set<std::string> targets{}; ///< units and packages that it touches
    std::string because{};
    std::optional<Grant> grant{};
    friend bool operator==(const Event&, const Event&) = default;
};

/// One line without LF, and back: root keeps its own events so.
std::string to_line(const Event& event);
core::Result<Event> event_from_line(std::string_view line);

} // namespace agentd::policy::trust
