#include "policy/window.hpp"

#include "agentd/core/zone.hpp"

#include <algorithm>

namespace agentd::policy {

using core::Instant;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr days horizon{400};

/// What the clock of the place shows.
struct Shown {
    std::size_t weekday = 0; ///< Monday is 0
    seconds time{};          ///< of that day
};

Shown shown(const Window& window, Instant at) {
    const auto local = std::chrono::floor<seconds>(at) + window.zone->offset(at);
    const auto day = std::chrono::floor<days>(local);
    const std::chrono::weekday weekday(day);
    return {.weekday = weekday.iso_encoding() - 1, .time = local - day};
}

/// When it may be otherwise: the clock comes to an edge or to the end of the day, or it is set.
Instant next_edge(const Window& window, Instant at) {
    const auto now = std::chrono::floor<seconds>(at);
    const seconds time = shown(window, at).time;
    seconds soonest = days(1);
    for (const seconds edge : {seconds(window.from), seconds(window.to), seconds(days(1))}) {
        soonest = edge > time ? std::min(soonest, edge - time) : soonest;
    }
    const Instant edge = now + soonest;
    const auto change = window.zone->next_change(at);
    return change ? std::min(edge, *change) : edge;
}

} // namespace

bool is_open(const Window& window, Instant at) {
    if (!window.zone) {
        return false;
    }
    const Shown now = shown(window, at);
    if (window.from < window.to) {
        return window.days[now.weekday] && now.time >= window.from && now.time < window.to;
    }
    const bool began_today = window.days[now.weekday] && now.time >= window.from;
    const bool began_yesterday = window.days[(now.weekday + 6) % 7] && now.time < window.to;
    return began_today || began_yesterday;
}

std::optional<Opening> next_opening(std::span<const Window* const> windows, Instant at) {
    const auto all_open = [&](Instant when) {
        return std::all_of(windows.begin(), windows.end(),
                           [&](const Window* window) { return is_open(*window, when); });
    };
    const auto next = [&](Instant when) {
        Instant out = Instant::max();
        for (const Window* window : windows) {
            out = std::min(out, next_edge(*window, when));
        }
        return out;
    };
    const bool known = std::all_of(windows.begin(), windows.end(),
                                   [](const Window* window) { return window->zone != nullptr; });
    if (windows.empty() || !known) {
        return std::nullopt;
    }
    const Instant end = at + horizon;
    Instant from = at;
    while (from < end && !all_open(from)) {
        from = next(from);
    }
    if (from >= end) {
        return std::nullopt;
    }
    Instant until = next(from);
    while (until < end && all_open(until)) {
        until = next(until);
    }
    return Opening{.from = from, .until = until};
}

} // namespace agentd::policy
