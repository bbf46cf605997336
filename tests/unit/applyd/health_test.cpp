#include "agentd/applyd/health.hpp"

#include "tests/support/catch.hpp"

using namespace agentd;
using applyd::judge_units;
using machine::UnitState;

namespace {

UnitState running(std::string name, std::int64_t pid = 10, std::int64_t restarts = 0) {
    return {.name = std::move(name),
            .load = "loaded",
            .active = "active",
            .sub = "running",
            .restarts = restarts,
            .main_pid = pid};
}
UnitState state(std::string name, std::string active, std::string sub) {
    return {.name = std::move(name),
            .load = "loaded",
            .active = std::move(active),
            .sub = std::move(sub)};
}

proposals::Effects effects(const std::string& kind = {}, const std::string& unit = {}) {
    proposals::Effects out;
    if (!kind.empty()) {
        out.effects.push_back({.area = "units", .kind = kind, .subject = unit});
    }
    return out;
}

/// The first complaint, or "".
std::string judged(const std::vector<UnitState>& before, const std::vector<UnitState>& after,
                   const proposals::Effects& changed = effects()) {
    const auto results = judge_units(before, after, changed);
    CHECK(applyd::all_well(results) == results.empty());
    return results.empty() ? "" : results.front().name + ": " + results.front().detail;
}

} // namespace

TEST_CASE("a machine that is as it was is well") {
    const std::vector<UnitState> units{running("a.service"), state("b.timer", "active", "waiting"),
                                       state("c.service", "inactive", "dead")};
    CHECK(judged(units, units).empty());
    CHECK(judged({}, {}).empty());
}

TEST_CASE("a unit of any kind that failed and had not before is seen") {
    for (const char* name : {"a.service", "a.mount", "a.socket", "a.timer"}) {
        CHECK(judged({running(name)}, {state(name, "failed", "failed")}) != "");
        CHECK(judged({}, {state(name, "failed", "failed")}) != "");
        CHECK(judged({state(name, "inactive", "dead")}, {state(name, "failed", "failed")}) != "");
    }
}

TEST_CASE("a unit that was failed or falling before is not this change's fault") {
    const auto failed = state("a.service", "failed", "failed");
    const auto falling = state("a.service", "activating", "auto-restart");
    CHECK(judged({failed}, {failed}).empty());
    CHECK(judged({falling}, {falling}).empty());
    CHECK(judged({falling}, {failed}).empty());
    CHECK(judged({failed}, {failed}, effects("unit_changed", "a.service")).empty());
}

TEST_CASE("a unit that was only busy when the baseline was taken is not excused") {
    for (const char* active : {"activating", "reloading", "deactivating"}) {
        CHECK(judged({state("a.service", active, "start")},
                     {state("a.service", "failed", "failed")}) != "");
    }
}

TEST_CASE("a service that ran and stopped is seen, unless the change removes it") {
    CHECK(judged({running("a.service")}, {state("a.service", "inactive", "dead")}) != "");
    CHECK(judged({running("a.service")}, {}) != "");
    CHECK(judged({running("a.service")}, {}, effects("unit_removed", "a.service")).empty());
    CHECK(judged({running("a.service")}, {}, effects("unit_removed", "b.service")) != "");
}

TEST_CASE("a timer or a socket that no longer waits is seen, one made for one time is not") {
    for (const char* name : {"a.timer", "a.socket"}) {
        const auto waits = state(name, "active", "waiting");
        CHECK(judged({waits}, {state(name, "inactive", "dead")}) != "");
        CHECK(judged({waits}, {}).empty());
        CHECK(judged({waits}, {}, effects("unit_removed", name)).empty());
    }
}

TEST_CASE("a oneshot that is done is well, and a job that a timer started meanwhile may work") {
    CHECK(judged({state("a.service", "active", "exited")}, {state("a.service", "inactive", "dead")})
              .empty());
    const auto at_work = state("backup.service", "activating", "start");
    CHECK(judged({state("backup.service", "inactive", "dead")}, {at_work}).empty());
    CHECK(judged({}, {at_work}).empty());
    CHECK(judged({at_work}, {at_work}).empty());
}

TEST_CASE("a service of the change that does not come to rest is seen") {
    const auto starting = state("a.service", "activating", "start");
    CHECK(judged({}, {starting}, effects("unit_added", "a.service")) != "");
    CHECK(judged({running("a.service")}, {starting}, effects("unit_changed", "a.service")) != "");
    CHECK(judged({running("a.service")}, {starting}) != ""); // it ran: something took it down
}

TEST_CASE("a service between two falls is not taken for well") {
    const auto again = state("a.service", "activating", "auto-restart");
    CHECK(judged({running("a.service")}, {again}) != "");
    CHECK(judged({}, {again}) != "");
    CHECK(judged({}, {running("a.service", 11, 1)}, effects("unit_added", "a.service")) != "");
    CHECK(judged({running("a.service", 10, 7)}, {running("a.service", 11, 1)},
                 effects("unit_changed", "a.service")) != "");
    CHECK(judged({running("a.service", 10, 0)}, {running("a.service", 11, 2)}) != "");
}

TEST_CASE("an old count of restarts, or one fall that the change has nothing to do with, takes "
          "nothing back") {
    CHECK(judged({running("a.service", 10, 7)}, {running("a.service", 10, 7)},
                 effects("unit_changed", "a.service"))
              .empty());
    CHECK(judged({running("a.service", 10, 7)}, {running("a.service", 11, 8)}).empty());
    CHECK(judged({running("a.service", 10, 7)}, {running("a.service", 11, 0)},
                 effects("unit_changed", "a.service"))
              .empty());
}

TEST_CASE("a check that nobody requires does not make a machine unwell") {
    CHECK(applyd::all_well({{.name = "page", .ok = false, .required = false}}));
    CHECK_FALSE(applyd::all_well({{.name = "page", .ok = false, .required = true}}));
    CHECK(applyd::all_well({}));
}
