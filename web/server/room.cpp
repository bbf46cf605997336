#include "web/server/room.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace agentd::web {

std::optional<std::size_t> who_goes(std::span<const Guest> guests) {
    const bool strangers =
        std::any_of(guests.begin(), guests.end(), [](const Guest& guest) { return !guest.known; });
    const auto may_go = [&](const Guest& guest) {
        return strangers ? !guest.known : !guest.at_work;
    };
    std::map<std::string, std::size_t> held;
    for (const Guest& guest : guests) {
        held[guest.party] += may_go(guest) ? 1U : 0U;
    }
    // The least goes: of whom there are many, at rest, and for the longest time.
    const auto rank = [&](const Guest& guest) {
        return std::tuple(-static_cast<std::ptrdiff_t>(held[guest.party]), guest.at_work,
                          guest.since);
    };
    std::optional<std::size_t> goes;
    for (std::size_t i = 0; i < guests.size(); ++i) {
        if (may_go(guests[i]) && (!goes || rank(guests[i]) < rank(guests[*goes]))) {
            goes = i;
        }
    }
    return goes;
}

std::optional<std::vector<std::size_t>> who_gives_way(std::span<const Untaken> others,
                                                      std::size_t more, const Patience& patience,
                                                      std::chrono::steady_clock::time_point now) {
    std::vector<std::size_t> still;
    std::size_t waiting = more;
    for (std::size_t i = 0; i < others.size(); ++i) {
        waiting += others[i].bytes;
        if (others[i].bytes > 0 && now - others[i].since >= patience.still) {
            still.push_back(i);
        }
    }
    std::stable_sort(still.begin(), still.end(), [&](std::size_t a, std::size_t b) {
        return others[a].since < others[b].since;
    });
    std::vector<std::size_t> go;
    for (std::size_t next = 0; waiting > patience.bytes; ++next) {
        if (next == still.size()) {
            return std::nullopt;
        }
        go.push_back(still[next]);
        waiting -= others[still[next]].bytes;
    }
    return go;
}

} // namespace agentd::web
