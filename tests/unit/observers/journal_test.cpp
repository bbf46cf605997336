#include "agentd/observers/journal.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using observers::BurstCounter;

namespace {
constexpr std::int64_t second = 1'000'000;
}

TEST_CASE("twenty errors of a unit within a minute are one burst, and two quiet minutes end it") {
    BurstCounter counter;
    for (int i = 0; i < 19; ++i) {
        counter.count("app.service", "boom", i * second);
    }
    CHECK(counter.conditions(19 * second).empty());
    counter.count("app.service", "boom", 19 * second);
    REQUIRE(counter.conditions(20 * second).size() == 1);
    CHECK(counter.conditions(100 * second).size() == 1);
    CHECK(counter.conditions(141 * second).empty());
}

TEST_CASE("errors that are spread out are no burst, and units are counted apart") {
    BurstCounter counter;
    for (int i = 0; i < 60; ++i) {
        counter.count("slow.service", "x", i * 10 * second);
        counter.count("u" + std::to_string(i) + ".service", "x", i * 10 * second);
    }
    CHECK(counter.conditions(600 * second).empty());
}

TEST_CASE("what a message says is cut, printable, on one line and marked") {
    BurstCounter counter;
    for (int i = 0; i < 30; ++i) {
        counter.count("app.service", "a\nb\x1b[31m\xff" + std::string(5000, 'x'), second);
    }
    const auto burst = counter.conditions(2 * second);
    REQUIRE(burst.size() == 1);
    CHECK_FALSE(burst[0].trusted);
    CHECK(burst[0].detail.size() < 400);
    CHECK(burst[0].detail.find('\x1b') == std::string::npos);
    CHECK(burst[0].detail.find('\n') == std::string::npos);
}

TEST_CASE("a flood of messages and a flood of units take no memory without end") {
    BurstCounter counter;
    for (int i = 0; i < 100'000; ++i) {
        counter.count("app.service", "x", i);
        counter.count("u" + std::to_string(i) + ".service", "x", i);
    }
    CHECK(counter.conditions(second).size() == 1);
}

TEST_CASE("the sample of a burst stays, so that its observation does not change all the time") {
    BurstCounter counter;
    for (int i = 0; i < 30; ++i) {
        counter.count("app.service", "first", second);
    }
    const auto before = counter.conditions(2 * second);
    counter.count("app.service", "second", 3 * second);
    CHECK(counter.conditions(3 * second) == before);
}
