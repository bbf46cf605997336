#include "agentd/observers/lives.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using observers::Condition;
using observers::Lives;

namespace {

constexpr std::int64_t second = 1'000'000;
const std::vector<std::string> looked{"unit_failed"};

Condition failed(const std::string& unit, const std::string& detail = "one") {
    return {.key = "unit_failed:" + unit, .kind = "unit_failed", .subject = unit, .detail = detail};
}

/// Compares and believes that it was written.
observers::Changes pass(Lives& lives, const std::vector<Condition>& now, std::int64_t seconds) {
    auto changes = lives.compare(now, looked, seconds * second);
    lives.written(changes, seconds * second);
    return changes;
}

} // namespace

TEST_CASE("a condition is opened once, and resolved when it is gone") {
    Lives lives;
    CHECK(pass(lives, {failed("a.service")}, 1).opened.size() == 1);
    CHECK(pass(lives, {failed("a.service")}, 2).empty());
    CHECK(pass(lives, {}, 3).resolved == std::vector<std::string>{"unit_failed:a.service"});
    CHECK(pass(lives, {}, 4).empty());
}

TEST_CASE("what could not be written down is told again") {
    Lives lives;
    CHECK(lives.compare({failed("a.service")}, looked, second).opened.size() == 1);
    CHECK(lives.compare({failed("a.service")}, looked, 2 * second).opened.size() == 1);
}

TEST_CASE("what a pass could not look at stays open") {
    Lives lives;
    lives.load({{.key = "unit_failed:a.service", .kind = "unit_failed"}});
    CHECK(lives.compare({}, {"machine_unreachable"}, second).empty());
    CHECK(lives.compare({}, looked, second).resolved.size() == 1);
}

TEST_CASE("what was open before a restart is not opened again") {
    Lives lives;
    lives.load({{.key = "unit_failed:a.service",
                 .kind = "unit_failed",
                 .detail = "one",
                 .severity = "warning"}});
    CHECK(pass(lives, {failed("a.service")}, 1).empty());
}

TEST_CASE("a detail that changes all the time is told now and then, a graver one at once") {
    Lives lives;
    pass(lives, {failed("a.service", "1")}, 1);
    for (int i = 2; i < 300; ++i) {
        CHECK(pass(lives, {failed("a.service", std::to_string(i))}, i).empty());
    }
    CHECK(pass(lives, {failed("a.service", "301")}, 301).changed.size() == 1);
    auto graver = failed("a.service", "302");
    graver.severity = observers::Severity::critical;
    CHECK(pass(lives, {graver}, 302).changed.size() == 1);
}

TEST_CASE("what comes and goes a hundred times in ten minutes makes a handful of entries") {
    Lives lives;
    std::size_t entries = 0;
    for (int i = 0; i < 100; ++i) {
        entries += pass(lives, {failed("a.service")}, 6 * i + 1).opened.size();
        entries += pass(lives, {}, 6 * i + 4).resolved.size();
    }
    CHECK(entries <= 6);
    CHECK(pass(lives, {}, 606).empty());
    CHECK(pass(lives, {}, 606 + 200).resolved.size() == 1); // calm at last
}

TEST_CASE("there is a most of open observations, and what is left out is counted") {
    Lives lives({.open = 3});
    std::vector<Condition> now;
    for (int i = 0; i < 10; ++i) {
        now.push_back(failed("u" + std::to_string(i) + ".service"));
    }
    const auto changes = pass(lives, now, 1);
    CHECK(changes.opened.size() == 4);
    CHECK(changes.opened.back().key == "observations_left_out");
    now.resize(2);
    const auto fewer = pass(lives, now, 2);
    CHECK(std::count(fewer.resolved.begin(), fewer.resolved.end(), "observations_left_out") == 1);
}

TEST_CASE("two conditions with one key are one observation") {
    Lives lives;
    CHECK(pass(lives, {failed("a.service"), failed("a.service", "two")}, 1).opened.size() == 1);
}
