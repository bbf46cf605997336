#include "agentd/applyd/health_checks.hpp"
#include "agentd/applyd/health_units.hpp"

#include "tests/support/catch.hpp"

using namespace agentd;
using applyd::JobRecord;
using applyd::judge_units;
using machine::UnitEvents;
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

const JobRecord no_jobs{{}};

/// The first complaint, or "".
std::string judged(const std::vector<UnitState>& before, const std::vector<UnitState>& after,
                   const proposals::Effects& changed = effects(), const JobRecord& jobs = no_jobs) {
    const auto results = judge_units(before, after, changed, jobs);
    return results.empty() ? "" : results.front().unit + ": " + results.front().detail;
}

/// A record in which job 8 of the unit began and ended; job 7 was there before.
JobRecord one_job(const std::string& unit, const std::string& result) {
    JobRecord jobs({7});
    jobs.add(
        {.begun = {{.id = 8, .unit = unit}}, .ended = {{.id = 8, .unit = unit, .result = result}}});
    return jobs;
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
    const auto stopped = one_job("a.service", "done");
    CHECK(judged({running("a.service")}, {}, effects(), stopped) != "");
    CHECK(judged({running("a.service")}, {}, effects("unit_changed", "a.service")) != "");
    CHECK(
        judged({running("a.service")}, {}, effects("unit_removed", "a.service"), stopped).empty());
    CHECK(judged({running("a.service")}, {}, effects("unit_removed", "b.service"), stopped) != "");
}

TEST_CASE("what comes and goes with people, connections and the clock is no part of a baseline") {
    const auto down = [](const std::string& name) { return state(name, "inactive", "dead"); };
    // somebody logged out: systemd-logind stops his manager by a job
    for (const char* name : {"user@1000.service", "user-runtime-dir@1000.service"}) {
        CHECK(judged({running(name)}, {}, effects(), one_job(name, "done")).empty());
        CHECK(judged({running(name)}, {down(name)}, effects(), one_job(name, "done")).empty());
    }
    // the instance of a connection, a command in a unit of its own, a service of the bus
    CHECK(judged({running("echo@3-1-2.service")}, {}).empty());
    CHECK(judged({running("run-u7.service")}, {}).empty());
    CHECK(judged({running("systemd-hostnamed.service")}, {}).empty());
    // one that its socket starts again; but not when a job took it down, or with the socket gone
    const auto socket = state("cups.socket", "active", "listening");
    CHECK(judged({running("cups.service")}, {down("cups.service"), socket}).empty());
    CHECK(judged({running("cups.service")}, {down("cups.service"), socket}, effects(),
                 one_job("cups.service", "done")) != "");
    CHECK(judged({running("cups.service")}, {down("cups.service")}) != "");
    // an instance that a target wants stays loaded, and is missed
    CHECK(judged({running("getty@tty1.service")}, {down("getty@tty1.service")}) != "");
    // and what fails is no going
    CHECK(judged({running("user@1000.service")},
                 {state("user@1000.service", "failed", "failed")}) != "");
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

TEST_CASE("a unit of the change whose job ended badly is seen, whatever its state says now") {
    const auto running_again = running("ssh.service", 11);
    const auto changed = effects("unit_changed", "ssh.service");
    for (const char* result : {"failed", "timeout", "dependency", "assert", "unsupported"}) {
        CHECK(judged({running("ssh.service")}, {running_again}, changed,
                     one_job("ssh.service", result)) != "");
        CHECK(judged({}, {}, effects("unit_added", "ssh.service"),
                     one_job("ssh.service", result)) != "");
    }
    for (const char* result : {"done", "canceled", "skipped", "collected", "once", ""}) {
        CHECK(judged({running("ssh.service")}, {running_again}, changed,
                     one_job("ssh.service", result)) == "");
    }
}

TEST_CASE("the last job of a unit counts") {
    const auto changed = effects("unit_changed", "a.service");
    JobRecord jobs({});
    jobs.add({.ended = {{.id = 1, .unit = "a.service", .result = "failed"},
                        {.id = 2, .unit = "a.service", .result = "done"}}});
    CHECK(judged({running("a.service")}, {running("a.service", 11)}, changed, jobs) == "");
    jobs.add({.ended = {{.id = 3, .unit = "a.service", .result = "failed"},
                        {.id = 4, .unit = "a.service", .result = "canceled"}}});
    CHECK(judged({running("a.service")}, {running("a.service", 11)}, changed, jobs) != "");
    jobs.add({.begun = {{.id = 5, .unit = "a.service"}}});
    CHECK(judged({running("a.service")}, {running("a.service", 11)}, changed, jobs) == "");
}

TEST_CASE("a job of somebody else that ended badly counts only when it took something down") {
    const auto jobs = one_job("a.mount", "dependency");
    const auto active = state("a.mount", "active", "mounted");
    const auto down = state("a.mount", "inactive", "dead");
    CHECK(judged({active}, {down}, effects(), jobs) != "");
    CHECK(judged({active}, {active}, effects(), jobs) == "");
    CHECK(judged({down}, {down}, effects(), jobs) == "");
    CHECK(judged({active}, {down}, effects("unit_removed", "a.mount"), jobs) == "");
}

TEST_CASE("a late job of the old generation is not this change's fault") {
    const auto starting = state("ssh.service", "activating", "start");
    const auto failed = state("ssh.service", "failed", "failed");
    JobRecord jobs({7});
    jobs.add({.ended = {{.id = 7, .unit = "ssh.service", .result = "failed"}}});
    CHECK(judged({starting}, {failed}, effects(), jobs) == "");
    CHECK(judged({starting}, {failed}, effects(), no_jobs) != "");
    // but once the switch has started it anew, how it ends is the switch's
    jobs.add({.begun = {{.id = 8, .unit = "ssh.service"}},
              .ended = {{.id = 8, .unit = "ssh.service", .result = "failed"}}});
    CHECK(judged({starting}, {failed}, effects(), jobs) != "");
}

TEST_CASE("a unit that was failed before is not this change's fault, though its job fails again") {
    const auto failed = state("a.service", "failed", "failed");
    CHECK(judged({failed}, {failed}, effects("unit_changed", "a.service"),
                 one_job("a.service", "failed")) == "");
}

TEST_CASE("only what waiting cannot mend is certain") {
    const auto certain = [](const UnitState& now, const std::string& kind) {
        const auto found = judge_units({}, {now}, effects(kind, "a.service"), no_jobs);
        REQUIRE(found.size() == 1);
        return found[0].certain;
    };
    CHECK(certain(state("a.service", "failed", "failed"), "unit_added"));
    CHECK(certain(running("a.service", 11, 1), "unit_added"));
    CHECK_FALSE(certain(state("a.service", "failed", "failed"), ""));
    CHECK_FALSE(certain(state("a.service", "activating", "start"), "unit_added"));
}

TEST_CASE("services that the change started are told apart from what ran on") {
    const std::vector<UnitState> before{running("a.service"), running("b.service")};
    const std::vector<UnitState> after{running("a.service", 11), running("b.service"),
                                       state("c.service", "active", "exited"),
                                       running("d.service", 12), running("e.socket", 0)};
    proposals::Effects changed;
    for (const char* name : {"a.service", "b.service", "c.service", "e.socket"}) {
        changed.effects.push_back({.area = "units", .kind = "unit_changed", .subject = name});
    }
    using Names = std::vector<std::string>;
    CHECK(applyd::started_services(before, after, changed, no_jobs) == Names{"a.service"});
    CHECK(applyd::started_services(before, after, changed, one_job("b.service", "done")) ==
          Names{"a.service", "b.service"});
}

TEST_CASE("a check that nobody requires does not make a machine unwell") {
    CHECK(applyd::all_well({{.name = "page", .ok = false, .required = false}}));
    CHECK_FALSE(applyd::all_well({{.name = "page", .ok = false, .required = true}}));
    CHECK(applyd::all_well({}));
}
