// What happens by itself: one at a time, and never far from what a person agreed to.
#include "history.hpp"

using namespace agentd;
using namespace agentd::test;
using policy::trust::Budget;
using policy::trust::may_begin;
using policy::trust::Present;
using policy::trust::since_a_person;
using std::chrono::days;
using std::chrono::hours;

namespace {

std::string why_not(const History& history, EffectClass effect_class = EffectClass::package,
                    const Budget& budget = {}) {
    const auto may = may_begin(
        history.events, effect_class,
        {.at = history.now, .boot_id = "boot", .mono_us = (history.now - start).count()}, budget);
    return may ? "" : may.problem().code;
}

} // namespace

TEST_CASE("167: a second change by itself waits until the first was watched for a day") {
    History history;
    const auto proposal = history.begin(key_of(), AgreedBy::policy);
    history.pass(hours(60));
    CHECK(why_not(history) == "in_flight");
    CHECK(why_not(history, EffectClass::setting) == "in_flight"); // of every class
    history.add(EventKind::confirmed, proposal);
    CHECK(why_not(history) == "soaking");
    history.pass(hours(23));
    CHECK(why_not(history, EffectClass::nothing) == "soaking");
    history.pass(hours(2));
    CHECK(why_not(history).empty());
}

TEST_CASE("what a person approved leaves nobody waiting") {
    History history;
    history.apply(key_of(), AgreedBy::person);
    history.apply(key_of(), AgreedBy::root);
    CHECK(why_not(history).empty());
}

TEST_CASE("a week has room for five of a class, whatever their names") {
    History history;
    for (int i = 0; i < 5; ++i) {
        history.apply(key_of("name" + std::to_string(i)), AgreedBy::objection_period);
        history.pass(hours(25));
    }
    CHECK(why_not(history) == "budget");
    CHECK(why_not(history, EffectClass::setting).empty());
    history.pass(days(2));
    CHECK(why_not(history).empty());
}

TEST_CASE("acts by themselves are few, too") {
    History history;
    const auto why = [&] {
        const Present now{
            .at = history.now, .boot_id = "boot", .mono_us = (history.now - start).count()};
        const auto may = policy::trust::may_act(history.events, now);
        return may ? "" : may.problem().code;
    };
    for (int i = 0; i < 3; ++i) {
        CHECK(why().empty());
        history.add(EventKind::acted);
    }
    CHECK(why() == "budget");
    history.pass(hours(25));
    CHECK(why().empty());
}

TEST_CASE("an owner may have it watched for less, and no budget is made by a clock set ahead") {
    History history;
    history.apply(key_of(), AgreedBy::policy);
    history.pass(hours(2));
    CHECK(why_not(history, EffectClass::setting, {.soak = hours(1)}).empty());
    CHECK(why_not(history, EffectClass::package, {.soak = hours(1)}) == "budget");
    const Present ahead{.at = history.now + days(40), .boot_id = "boot", .mono_us = 1};
    const auto may = may_begin(history.events, EffectClass::package, ahead);
    REQUIRE_FALSE(may);
    CHECK(may.problem().code == "soaking");
}

TEST_CASE("161: parts are as grave as the whole, back to what a person agreed to") {
    History history;
    for (const auto part : {EffectClass::package, EffectClass::setting, EffectClass::nothing}) {
        history.apply(key_of("claude", part), AgreedBy::policy);
    }
    auto found = since_a_person(history.events);
    CHECK(found.steps == 3);
    CHECK(found.highest == EffectClass::setting);
    history.apply(key_of("claude", EffectClass::package), AgreedBy::policy, "x",
                  EventKind::rolled_back); // of it nothing stays
    CHECK(since_a_person(history.events).steps == 3);
    history.apply(key_of("claude", EffectClass::nothing), AgreedBy::person);
    history.apply(key_of("claude", EffectClass::package), AgreedBy::person);
    CHECK(since_a_person(history.events).steps == 3); // of lesser things nothing was asked
    const auto trial = history.begin(key_of("claude", EffectClass::system));
    history.events.back().trial = true;
    history.add(EventKind::confirmed, trial);
    CHECK(since_a_person(history.events).steps == 3);
    history.apply(key_of("claude", EffectClass::system), AgreedBy::person);
    found = since_a_person(history.events);
    CHECK(found.steps == 0);
    CHECK(found.highest == EffectClass::nothing);
}
