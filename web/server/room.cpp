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

} // namespace agentd::web
