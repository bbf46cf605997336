// Truths about every history, held against random ones.
#include "history.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::test;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const std::vector<Key> all_keys{key_of("a"), key_of("b"), key_of("a", EffectClass::setting),
                                key_of("a", EffectClass::reach)};

/// Mostly good, so that trust is really earned and granted in many of them.
History random_history(std::mt19937& random) {
    History history;
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    const unsigned trouble = 20 + below(400);
    const auto length = 10 + below(60);
    for (unsigned i = 0; i < length; ++i) {
        const Key& key = all_keys[below(8) < 6 ? 0 : below(4)];
        const auto by = below(3) == 0    ? AgreedBy::objection_period
                        : below(12) == 0 ? static_cast<AgreedBy>(below(4))
                                         : AgreedBy::person;
        if (below(trouble) == 0) {
            auto& event = history.add(static_cast<EventKind>(5 + below(7)));
            event.who = key.who;
            event.effect_class = below(2) == 0 ? std::optional(key.effect_class) : std::nullopt;
            event.host_class = "web";
        } else if (below(6) == 0) {
            history.grant(key, static_cast<TrustLevel>(1 + below(3)));
        } else {
            history.apply(key, by, "unit" + std::to_string(below(9)),
                          below(trouble) == 0 ? EventKind::rolled_back : EventKind::confirmed);
        }
        history.pass(hours(6 + below(24)));
    }
    return history;
}

/// One more fault somewhere, at a time that fits.
std::vector<Event> with_a_fault(const History& history, std::mt19937& random) {
    auto events = history.events;
    const std::size_t place = 1 + random() % (events.size() - 1);
    const Event& before = events[place - 1];
    const Key& key = all_keys[random() % all_keys.size()];
    const std::array kinds{EventKind::rolled_back, EventKind::ill,        EventKind::dangerous,
                           EventKind::mismatch,    EventKind::host_fault, EventKind::withdrawn,
                           EventKind::glass};
    Event fault{.kind = kinds[random() % kinds.size()],
                .at = before.at,
                .boot_id = before.boot_id,
                .mono_us = before.mono_us,
                .proposal = events[random() % events.size()].proposal,
                .who = key.who,
                .effect_class = random() % 2 == 0 ? std::optional(key.effect_class) : std::nullopt,
                .host_class = "web",
                .because = "one more"};
    events.insert(events.begin() + static_cast<std::ptrdiff_t>(place), fault);
    renumber(events);
    return events;
}

} // namespace

TEST_CASE("more evidence of failure never raises anybody") {
    std::mt19937 random(1);
    std::size_t trusted_ones = 0;
    for (int round = 0; round < 6000; ++round) {
        const auto history = random_history(random);
        const auto worse = with_a_fault(history, random);
        const auto ladder = fold(history.events);
        const auto lower = fold(worse);
        for (const int later : {0, 1, 16, 40}) {
            auto moment = history.moment();
            moment.at += days(later);
            for (const Key& key : all_keys) {
                const auto before = ladder.standing(key, moment);
                const auto after = lower.standing(key, moment);
                trusted_ones += before.level > TrustLevel::ask ? 1 : 0;
                INFO("round " << round << ", " << to_string(key) << ", " << later);
                REQUIRE(after.level <= before.level);
                REQUIRE(after.suggested.value_or(TrustLevel::ask) <=
                        std::max(before.level, before.suggested.value_or(TrustLevel::ask)));
                REQUIRE(after.evidence.applies <= before.evidence.applies);
                REQUIRE(after.evidence.targets <= before.evidence.targets);
            }
        }
    }
    CHECK(trusted_ones > 500); // else this shows nothing
}

TEST_CASE("a log that is shortened or has a hole yields nothing, for everybody") {
    std::mt19937 random(2);
    for (int round = 0; round < 3000; ++round) {
        const auto history = random_history(random);
        auto events = history.events;
        const auto at = random() % events.size();
        if (random() % 2 == 0) {
            events.resize(at);
        } else {
            events.erase(events.begin() + static_cast<std::ptrdiff_t>(at));
        }
        const auto ladder = fold(events);
        for (const Key& key : all_keys) {
            REQUIRE(ladder.standing(key, history.moment()).level == TrustLevel::revoked);
        }
    }
}

TEST_CASE("entries in another order yield nothing, also when they are numbered anew") {
    std::mt19937 random(3);
    for (int round = 0; round < 3000; ++round) {
        const auto history = random_history(random);
        auto events = history.events;
        const auto a = random() % events.size();
        const auto b = random() % events.size();
        if (events[a].mono_us == events[b].mono_us) {
            continue;
        }
        std::swap(events[a], events[b]);
        if (random() % 2 == 0) {
            renumber(events);
        }
        const auto ladder = fold(events);
        for (const Key& key : all_keys) {
            REQUIRE(ladder.standing(key, history.moment()).level == TrustLevel::revoked);
        }
    }
}

TEST_CASE("an edited log is not verified, and yields nothing whatever was written into it") {
    std::mt19937 random(4);
    for (int round = 0; round < 2000; ++round) {
        auto history = random_history(random);
        auto& event = history.events[random() % history.events.size()];
        event.kind = static_cast<EventKind>(random() % 13);
        event.by = AgreedBy::person;
        auto moment = history.moment();
        moment.verified = false;
        const auto ladder = fold(history.events);
        for (const Key& key : all_keys) {
            REQUIRE(ladder.standing(key, moment).level == TrustLevel::revoked);
        }
    }
}

TEST_CASE("nobody rises above ask without a person's grant that holds at that moment") {
    std::mt19937 random(5);
    for (int round = 0; round < 3000; ++round) {
        const auto history = random_history(random);
        const auto ladder = fold(history.events);
        for (const Key& key : all_keys) {
            const auto found = ladder.standing(key, history.moment());
            if (found.level > TrustLevel::ask) {
                REQUIRE(found.grant.has_value());
                REQUIRE(found.grant->key == key);
                REQUIRE(found.grant->level >= found.level);
                REQUIRE(found.grant->expires > history.now);
                REQUIRE(key.effect_class <= EffectClass::setting);
            }
        }
        auto events = history.events;
        for (Event& event : events) {
            event.kind = event.kind == EventKind::granted ? EventKind::other : event.kind;
        }
        for (const Key& key : all_keys) {
            REQUIRE(fold(events).standing(key, history.moment()).level <= TrustLevel::ask);
        }
    }
}

TEST_CASE("the same events at the same moment give the same standing") {
    std::mt19937 random(6);
    for (int round = 0; round < 200; ++round) {
        const auto history = random_history(random);
        for (const Key& key : all_keys) {
            REQUIRE(words_of(standing(history, key)) == words_of(standing(history, key)));
        }
    }
}
