#include "policy/trust/event.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace agentd::policy::trust {

namespace {

using core::Json;
using core::ObjectReader;

constexpr std::array kinds{"other",   "begun",     "confirmed", "rolled_back", "dropped",
                           "ill",     "dangerous", "mismatch",  "host_fault",  "glass",
                           "granted", "withdrawn", "acted"};
constexpr std::array agreed{"person", "root", "objection_period", "policy"};
constexpr std::int64_t largest = 9'007'199'254'740'991;

template <class List>
std::optional<std::size_t> index_of(const List& list, const std::string& name) {
    const auto it = std::find(list.begin(), list.end(), name);
    return it == list.end() ? std::nullopt
                            : std::optional(static_cast<std::size_t>(it - list.begin()));
}

/// What not every kind has.
void read_rest(ObjectReader& in, Event& event) {
    if (const Json& who = in.any("who"); !who.is_null()) {
        if (auto read = identity_from_json(who)) {
            event.who = std::move(*read);
        } else {
            in.refuse("who", read.problem().message);
        }
    }
    if (const auto name = in.optional_text("class", 32)) {
        event.effect_class = parse_effect_class(*name);
        if (!event.effect_class) {
            in.refuse("class", "is no class of changes");
        }
    }
    if (const auto bytes = in.optional_text("grant", Grant::max_bytes)) {
        if (auto grant = parse_grant(*bytes)) {
            event.grant = std::move(*grant);
        } else {
            in.refuse("grant", grant.problem().message);
        }
    }
    for (auto& target : in.texts("targets", Event::max_targets)) {
        event.targets.insert(std::move(target));
    }
}

} // namespace

std::string_view to_string(EventKind kind) noexcept {
    return kinds[static_cast<std::size_t>(kind)];
}

std::string_view to_string(AgreedBy by) noexcept {
    return agreed[static_cast<std::size_t>(by)];
}

std::string to_line(const Event& event) {
    Json out{{"kind", to_string(event.kind)},
             {"index", event.index},
             {"at", core::format_instant(event.at)},
             {"boot_id", event.boot_id},
             {"mono_us", event.mono_us},
             {"proposal", event.proposal},
             {"who", event.who.id.empty() ? Json() : to_json(event.who)},
             {"class", event.effect_class ? Json(to_string(*event.effect_class)) : Json()},
             {"host_class", event.host_class},
             {"by", to_string(event.by)},
             {"trial", event.trial},
             {"targets", event.targets},
             {"because", event.because},
             {"grant", event.grant ? Json(canonical_bytes(*event.grant)) : Json()}};
    return core::canonical(out);
}

core::Result<Event> event_from_line(std::string_view line) {
    const auto json = core::parse_json(line);
    if (!json) {
        return json.problem();
    }
    ObjectReader in(*json, "event");
    const auto kind = index_of(kinds, in.text("kind", 32));
    const auto by = index_of(agreed, in.text("by", 32));
    const auto at = core::parse_instant(in.text("at", 32));
    Event event{.index = static_cast<std::uint64_t>(in.integer("index", 0, largest)),
                .boot_id = in.text("boot_id", 64),
                .mono_us = in.integer("mono_us", 0, largest),
                .proposal = in.text("proposal", 512),
                .host_class = in.text("host_class", 256),
                .because = in.text("because", 4096)};
    event.trial = in.boolean("trial");
    read_rest(in, event);
    if (!kind || !by || !at) {
        in.refuse("kind", "is not an event's");
    }
    if (const auto done = in.finish(); !done) {
        return done.problem();
    }
    event.kind = static_cast<EventKind>(*kind);
    event.by = static_cast<AgreedBy>(*by);
    event.at = *at;
    return event;
}

} // namespace agentd::policy::trust
