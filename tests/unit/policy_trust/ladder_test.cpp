// How trust is earned, granted and lost.
#include "history.hpp"

using namespace agentd;
using namespace agentd::test;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

bool says(const std::vector<std::string>& lines, const std::string& part) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return line.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("nobody is trusted from the start, and what is missing is said") {
    const History history;
    const auto found = standing(history);
    CHECK(found.level == TrustLevel::ask);
    CHECK_FALSE(found.suggested);
    CHECK(says(found.missing, "0 of 10 applies"));
    CHECK(says(found.missing, "0 of 14 days"));
    CHECK(says(found.missing, "0 of 5 different"));
    CHECK(bound_of(found.evidence) == "0 counted: nothing can be claimed");
}

TEST_CASE("what is earned suggests a grant and gives nothing by itself") {
    History history;
    history.good_days(key_of(), 13);
    CHECK(standing(history).evidence.span_days == 13);
    CHECK_FALSE(standing(history).suggested);
    history.good_days(key_of(), 3);
    const auto found = standing(history);
    CHECK(found.level == TrustLevel::ask);
    CHECK(found.suggested == TrustLevel::veto);
    CHECK(says(found.missing, "a person's signature"));
    CHECK(found.evidence.applies == 16);
}

TEST_CASE("the honest bound is three of the number that counts") {
    History history;
    history.good_days(key_of(), 10).pass(days(5));
    CHECK(bound_of(standing(history).evidence) ==
          "0 faults in 10: at most 30 % of changes go wrong, at 95 % confidence");
}

TEST_CASE("a grant over what was earned holds until it runs out, one rung at a time") {
    History history;
    history.good_days(key_of(), 15);
    history.grant(key_of(), TrustLevel::automatic);
    // Nobody had time to object to anything yet.
    CHECK(level(history) == TrustLevel::veto);
    CHECK(says(standing(history).reasons, "only veto was earned"));
    const auto until = standing(history).until;
    CHECK(until == history.now + days(30));
    history.good_days(key_of(), 6, AgreedBy::objection_period);
    CHECK(standing(history).suggested == TrustLevel::automatic);
    CHECK(level(history) == TrustLevel::veto);
    history.grant(key_of(), TrustLevel::automatic);
    CHECK(level(history) == TrustLevel::automatic);
    history.pass(days(30));
    CHECK(level(history) == TrustLevel::ask);
    CHECK(says(standing(history).reasons, "ran out"));
}

TEST_CASE("a grant over nothing gives nothing") {
    History history;
    history.good_days(key_of(), 5);
    history.grant(key_of(), TrustLevel::automatic);
    CHECK(level(history) == TrustLevel::ask);
    CHECK(says(standing(history).reasons, "only ask was earned"));
}

TEST_CASE("many on one day, of one thing, or without a person count for little") {
    SECTION("a burst is one day") {
        History history;
        for (int i = 0; i < 40; ++i) {
            history.apply(key_of());
            history.pass(minutes(10));
        }
        history.pass(days(20));
        CHECK(standing(history).evidence.applies == 1);
    }
    SECTION("one unit over and over is one target") {
        History history;
        for (int i = 0; i < 20; ++i) {
            history.apply(key_of(), AgreedBy::person, "nginx.service");
            history.pass(days(1));
        }
        CHECK(standing(history).evidence.targets == 1);
        CHECK_FALSE(standing(history).suggested);
    }
    SECTION("what happens by itself earns no first step") {
        History history;
        history.good_days(key_of(), 30, AgreedBy::policy);
        CHECK(standing(history).evidence.applies == 0);
    }
    SECTION("what touches nothing is no evidence") {
        History history;
        for (int i = 0; i < 20; ++i) {
            history.begin(key_of());
            history.events.back().targets.clear();
            const std::string proposal = history.events.back().proposal;
            history.add(EventKind::confirmed, proposal);
            history.pass(days(1));
        }
        CHECK(standing(history).evidence.applies == 0);
    }
    SECTION("what was applied less than a day ago has not held yet") {
        History history;
        history.good_days(key_of(), 1);
        history.apply(key_of());
        CHECK(standing(history).evidence.applies == 1);
    }
    SECTION("what mends one's own damage earns nothing") {
        History history;
        history.apply(key_of(), AgreedBy::person, "nginx.service", EventKind::rolled_back);
        history.pass(days(2));
        history.apply(key_of(), AgreedBy::person, "nginx.service");
        history.pass(days(2));
        history.apply(key_of(), AgreedBy::person, "redis.service");
        history.pass(days(2));
        CHECK(standing(history).evidence.applies == 1);
    }
}

TEST_CASE("every fault takes trust away at once, and a new grant has to be earned anew") {
    const auto faults = {EventKind::rolled_back, EventKind::ill,        EventKind::dangerous,
                         EventKind::mismatch,    EventKind::host_fault, EventKind::withdrawn,
                         EventKind::glass};
    for (const EventKind fault : faults) {
        INFO(to_string(fault));
        History history = trusted();
        REQUIRE(level(history) == TrustLevel::automatic);
        if (fault == EventKind::rolled_back) {
            history.apply(key_of(), AgreedBy::policy, "x", fault);
        } else if (fault == EventKind::ill) {
            const auto proposal = history.apply(key_of(), AgreedBy::policy);
            history.pass(hours(3));
            history.add(fault, proposal);
        } else {
            auto& event = history.add(fault);
            event.who = key_of().who;
            event.effect_class = key_of().effect_class;
            event.host_class = "web";
        }
        CHECK(level(history) == TrustLevel::revoked);
        CHECK_FALSE(standing(history).reasons.empty());
        CHECK(standing(history).until > history.now);
        if (fault != EventKind::glass) {
            history.pass(minutes(1)).grant(key_of(), TrustLevel::automatic);
            CHECK(level(history) == TrustLevel::ask); // revoked no more, and nothing earned
        }
        history.pass(days(15));
        CHECK(level(history) <=
              (fault == EventKind::glass ? TrustLevel::automatic : TrustLevel::ask));
    }
}

TEST_CASE("two changes that go wrong within a day take it from everybody on the machine") {
    History history = trusted();
    history.apply(key_of("other"), AgreedBy::person, "x", EventKind::rolled_back);
    CHECK(level(history) == TrustLevel::automatic);
    history.pass(hours(20));
    history.apply(key_of("third", EffectClass::setting), AgreedBy::person, "y",
                  EventKind::rolled_back);
    CHECK(level(history) == TrustLevel::revoked);
    CHECK(level(history, key_of("nobody")) == TrustLevel::revoked);
}

TEST_CASE("a grant from before a fault takes nothing back, however late it is handed in") {
    History history;
    history.good_days(key_of(), 16);
    const auto old = grant_of(key_of(), TrustLevel::veto, history.now);
    history.pass(hours(1)).add(EventKind::host_fault);
    history.pass(hours(1)).add(EventKind::granted).grant = old;
    CHECK(level(history) == TrustLevel::revoked);
    history.grant(key_of(), TrustLevel::ask);
    CHECK(level(history) == TrustLevel::ask);
}

TEST_CASE("a fault in a class is everybody's to whoever cannot make sure of names") {
    History history = trusted();
    history.apply(key_of("other"), AgreedBy::policy, "x", EventKind::rolled_back);
    const auto revoked = [&](EffectClass effect_class) {
        return fold(history.events).anybody_revoked(effect_class, history.now);
    };
    CHECK(revoked(EffectClass::package));
    CHECK_FALSE(revoked(EffectClass::setting));
    auto& event = history.pass(hours(25)).add(EventKind::withdrawn);
    event.who = key_of("third").who;
    CHECK(revoked(EffectClass::setting));
    history.pass(minutes(1)).grant(key_of("other"), TrustLevel::ask);
    CHECK(revoked(EffectClass::package)); // the third's is of every class
    history.grant(key_of("third"), TrustLevel::ask);
    CHECK_FALSE(revoked(EffectClass::package));
    history.pass(days(15));
    CHECK_FALSE(revoked(EffectClass::setting));
}

TEST_CASE("another policy or another agentd ends a grant") {
    const History history = trusted();
    auto moment = history.moment();
    moment.policy_sha256 = std::string(64, 'c');
    CHECK(fold(history.events).standing(key_of(), moment).level == TrustLevel::ask);
    moment = history.moment();
    moment.agentd_version = "2";
    CHECK(fold(history.events).standing(key_of(), moment).level == TrustLevel::ask);
}

TEST_CASE("nobody uses it for a month: a rung down") {
    History history;
    history.good_days(key_of(), 15);
    history.grant(key_of(), TrustLevel::veto);
    CHECK(level(history) == TrustLevel::veto);
    history.pass(days(29));
    CHECK(level(history) == TrustLevel::veto);
    // A grant never lasts longer than a month, so that idleness ends with it; but it is not to be
    // had anew without fresh evidence.
    history.pass(days(3));
    history.grant(key_of(), TrustLevel::veto);
    CHECK(level(history) == TrustLevel::ask);
    CHECK_FALSE(standing(history).suggested);
}

TEST_CASE("162: two hundred harmless changes earn nothing for a big one") {
    History history;
    history.good_days(key_of(), 200);
    history.grant(key_of(), TrustLevel::veto);
    REQUIRE(level(history) == TrustLevel::veto);
    for (int i = 0; i <= static_cast<int>(EffectClass::self); ++i) {
        const auto other = static_cast<EffectClass>(i);
        if (other != EffectClass::package) {
            INFO(to_string(other));
            CHECK(level(history, key_of("claude", other)) == TrustLevel::ask);
            CHECK(standing(history, key_of("claude", other)).evidence.applies == 0);
        }
    }
    // And what is grave has no rung at all, whatever is earned and signed.
    for (const auto grave : {EffectClass::reach, EffectClass::system, EffectClass::self}) {
        const auto key = key_of("claude", grave);
        History much;
        much.good_days(key, 40);
        much.grant(key, TrustLevel::automatic);
        CHECK(level(much, key) == TrustLevel::ask);
        CHECK_FALSE(
            policy::trust::parse_grant(canonical_bytes(grant_of(key, TrustLevel::veto, start))));
    }
    auto elsewhere = key_of();
    elsewhere.host_class = "db";
    CHECK(level(history, elsewhere) == TrustLevel::ask);
}

TEST_CASE("164: another model under the old name starts anew, and many names gain nothing") {
    History history = trusted();
    auto other_model = key_of();
    other_model.who.binding = std::string(64, '2');
    CHECK(level(history, other_model) == TrustLevel::ask);
    CHECK(standing(history, other_model).evidence.applies == 0);
    auto unbound = key_of();
    unbound.who.binding.clear();
    CHECK(level(history, unbound) == TrustLevel::ask);

    // What goes wrong by itself stops its class for every name.
    history.apply(key_of(), AgreedBy::policy, "x", EventKind::rolled_back);
    history.pass(days(3));
    const policy::trust::Present now{.at = history.now, .boot_id = "another"};
    const auto may = may_begin(history.events, EffectClass::package, now);
    REQUIRE_FALSE(may);
    CHECK(may.problem().code == "budget");
    CHECK(may_begin(history.events, EffectClass::setting, now));
}

TEST_CASE("166: a log that is cut, set back, edited or not verified gives nothing") {
    const History history = trusted();
    REQUIRE(level(history) == TrustLevel::automatic);
    SECTION("set back to before the fault") {
        History longer = trusted();
        longer.apply(key_of(), AgreedBy::policy, "x", EventKind::rolled_back);
        CHECK(fold(history.events).standing(key_of(), longer.moment()).level ==
              TrustLevel::revoked);
    }
    SECTION("without its beginning") {
        auto events = history.events;
        events.erase(events.begin(), events.begin() + 3);
        CHECK(fold(events).standing(key_of(), history.moment()).level == TrustLevel::revoked);
    }
    SECTION("with a hole") {
        auto events = history.events;
        events.erase(events.begin() + 7);
        CHECK(fold(events).standing(key_of(), history.moment()).level == TrustLevel::revoked);
    }
    SECTION("out of order, and numbered anew") {
        auto events = history.events;
        std::swap(events[4], events[9]);
        renumber(events);
        CHECK(fold(events).standing(key_of(), history.moment()).level == TrustLevel::revoked);
    }
    SECTION("edited: then it is not what its seals say") {
        auto moment = history.moment();
        moment.verified = false;
        CHECK(fold(history.events).standing(key_of(), moment).level == TrustLevel::revoked);
    }
    SECTION("nobody said anything of it") {
        CHECK(fold(history.events).standing(key_of(), {}).level == TrustLevel::revoked);
    }
}

TEST_CASE("a clock that jumps makes no evidence older and no grant longer") {
    SECTION("ahead") {
        History history;
        history.good_days(key_of(), 1);
        for (int i = 0; i < 20; ++i) {
            history.apply(key_of());
            history.now += days(1);
            for (std::size_t k = history.events.size(); k-- > history.events.size() - 1;) {
                history.events[k].mono_us = 90'000'000 * static_cast<std::int64_t>(k);
            }
        }
        CHECK(level(history) == TrustLevel::revoked);
    }
    SECTION("back, over a boot") {
        History history = trusted();
        history.now -= days(2);
        history.add(EventKind::other).boot_id = "next";
        CHECK(level(history) == TrustLevel::revoked);
    }
    SECTION("the moment is before the log") {
        const History history = trusted();
        auto moment = history.moment();
        moment.at -= days(1);
        CHECK(fold(history.events).standing(key_of(), moment).level == TrustLevel::revoked);
    }
    SECTION("a boot takes its time") {
        History history = trusted();
        history.pass(hours(9));
        auto& first = history.add(EventKind::other);
        first.boot_id = "next";
        first.mono_us = 12;
        CHECK(level(history) == TrustLevel::automatic);
    }
}

TEST_CASE("170: breaking the glass skips no soak, and no evidence comes of it") {
    History history = trusted();
    history.apply(key_of(), AgreedBy::root);
    CHECK(level(history) == TrustLevel::revoked);
    CHECK(says(standing(history).reasons, "broke the glass"));
    history.grant(key_of(), TrustLevel::automatic); // cannot be signed away
    CHECK(level(history) == TrustLevel::revoked);
    history.pass(days(6));
    CHECK(level(history) == TrustLevel::revoked);
    history.pass(hours(25));
    CHECK(level(history) == TrustLevel::automatic); // and costs no trust
    History alone;
    alone.good_days(key_of(), 20, AgreedBy::root).pass(days(8));
    CHECK(standing(alone).evidence.applies == 0);
}
