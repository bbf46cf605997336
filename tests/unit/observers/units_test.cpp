#include "agentd/observers/units.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using machine::UnitState;
using observers::Units;

namespace {

constexpr std::int64_t second = 1'000'000;

UnitState unit(const std::string& active, const std::string& sub, std::int64_t restarts = 0) {
    return {.name = "app.service",
            .active = active,
            .sub = sub,
            .result = "exit-code",
            .restarts = restarts};
}

std::vector<std::string> kinds(Units& units, const UnitState& state, std::int64_t seconds) {
    std::vector<std::string> out;
    for (const auto& condition : units.judge({state}, "", seconds * second)) {
        out.push_back(condition.kind);
    }
    return out;
}

using Kinds = std::vector<std::string>;

} // namespace

TEST_CASE("a unit that failed is said, and no more when it runs") {
    Units units({});
    CHECK(kinds(units, unit("active", "running"), 1).empty());
    CHECK(kinds(units, unit("failed", "failed"), 2) == Kinds{"unit_failed"});
    CHECK(kinds(units, unit("active", "running"), 3).empty());
}

TEST_CASE("a unit that is started again and again flaps until it stays up") {
    Units units({});
    std::int64_t at = 1;
    for (int restarts = 0; restarts < 2; ++restarts, at += 2) {
        CHECK(kinds(units, unit("active", "running", restarts), at).empty());
    }
    kinds(units, unit("activating", "auto-restart", 2), at);
    at += 2;
    CHECK(kinds(units, unit("activating", "auto-restart", 3), at) == Kinds{"unit_flapping"});
    CHECK(kinds(units, unit("active", "running", 3), at + 10) == Kinds{"unit_flapping"});
    CHECK(kinds(units, unit("active", "running", 3), at + 31).empty());
}

TEST_CASE("a unit that systemd gave up on has failed and does not flap") {
    Units units({});
    kinds(units, unit("active", "running", 0), 1);
    CHECK(kinds(units, unit("failed", "failed", 5), 2) == Kinds{"unit_failed"});
}

TEST_CASE("a unit that fails, is mended and fails again is one observation, not many") {
    Units units({});
    std::size_t failures = 0;
    std::size_t flaps = 0;
    for (int i = 0; i < 100; ++i) {
        for (const auto& kind :
             kinds(units, unit(i % 2 == 0 ? "active" : "failed", "x"), 2 * i + 1)) {
            ++(kind == "unit_failed" ? failures : flaps);
        }
    }
    CHECK(failures == 2);
    CHECK(flaps > 90);
}

TEST_CASE("a unit that is made, fails and is taken away again and again flaps, too") {
    Units units({});
    units.judge({}, "", second);
    std::size_t flaps = 0;
    for (int i = 0; i < 10; ++i) {
        units.judge({unit("active", "running")}, "", (4 * i + 1) * second);
        flaps += kinds(units, unit("failed", "failed"), 4 * i + 2) == Kinds{"unit_flapping"} ? 1 : 0;
        units.judge({}, "", (4 * i + 3) * second);
    }
    CHECK(flaps == 8);
}

TEST_CASE("a unit that was told to have failed between two looks fell as often, whatever it is by then") {
    Units units({});
    units.judge({}, "", 0);
    for (int look = 0; look < 20; ++look) { // five times between two looks: a hundred in all
        const auto found =
            units.judge({unit("failed", "failed")}, "", 1 + look * second / 2, {{{"app.service", 5 * (look + 1)}}});
        REQUIRE(found.size() == 1);
        CHECK(found[0].kind == (look < 4 ? "unit_failed" : "unit_flapping"));
    }
}

TEST_CASE("one that falls and is taken away keeps flapping until it has been quiet for a while") {
    Units units({});
    for (int i = 0; i < 3; ++i) {
        units.judge({unit("failed", "failed")}, "", (2 * i + 1) * second, {{{"app.service", i + 1}}});
        units.judge({}, "", (2 * i + 2) * second, {{{"app.service", i + 1}}});
    }
    const auto gone = units.judge({}, "", 10 * second, {{{"app.service", 3}}});
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].kind == "unit_flapping");
    CHECK(gone[0].detail.find("exit-code") != std::string::npos);
    CHECK(units.judge({}, "", 36 * second, {{{"app.service", 3}}}).empty());
}

TEST_CASE("one that is never there when somebody looks flaps by what was told of it") {
    Units units({});
    for (int i = 0; i < 3; ++i) {
        CHECK(units.judge({}, "", (i + 1) * second, {{{"app.service", i}}}).empty());
    }
    CHECK(units.judge({}, "", 4 * second, {{{"app.service", 3}}}).size() == 1);
}

TEST_CASE("what fell often goes on to count when the counting began anew") {
    Units units({});
    units.judge({}, "", 0, {.times = {{"app.service", 9}}});
    for (int i = 1; i <= 3; ++i) {
        const auto found = units.judge({}, "", (700 + i) * second, {.times = {{"app.service", i}}, .begun_anew = 1});
        CHECK(found.size() == (i == 3 ? 1 : 0));
    }
}

TEST_CASE("one that was stopped for good does not flap any more") {
    Units units({});
    for (int i = 0; i < 5; ++i) {
        kinds(units, unit("activating", "auto-restart", i), 3 * i + 1);
    }
    CHECK(kinds(units, unit("activating", "auto-restart", 5), 16) == Kinds{"unit_flapping"});
    CHECK(kinds(units, unit("inactive", "dead", 5), 17).empty());
}

TEST_CASE("one that systemd started anew and that was stopped and taken away does not flap any more") {
    Units units({});
    for (int i = 0; i < 6; ++i) {
        kinds(units, unit("activating", "auto-restart", i), 3 * i + 1);
    }
    CHECK(units.judge({}, "", 17 * second).empty());
}

TEST_CASE("a failure that systemd answers with a start is no failure for good") {
    Units units({});
    units.judge({unit("active", "running")}, "", 0);
    std::size_t flaps = 0;
    for (int i = 0; i < 6; ++i) {
        const observers::Falls falls{.times = {{"app.service", i + 1}}};
        units.judge({unit("activating", "auto-restart", i)}, "", (3 * i + 1) * second, falls);
        flaps += units.judge({unit("active", "running", i + 1)}, "", (3 * i + 2) * second, falls).size();
    }
    CHECK(flaps > 0);
    CHECK(units.judge({}, "", 20 * second, {{{"app.service", 6}}}).empty()); // stopped, and taken away
}

TEST_CASE("restarts from before anybody looked are not counted") {
    Units units({});
    CHECK(kinds(units, unit("active", "running", 50), 1).empty());
    CHECK(kinds(units, unit("active", "running", 50), 10).empty());
}

TEST_CASE("a service that is expected is missed when it is nowhere, and when it does not run") {
    Units units({"app.service", "other.service"});
    CHECK(units.judge({unit("active", "running")}, "", second).size() == 1);
    CHECK(units.judge({unit("inactive", "dead")}, "", second).size() == 2);
}
