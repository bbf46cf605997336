// Work that asks nobody on its way has an end all the same.
#include "agentd/ctl/time_limit.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <future>

using namespace agentd;
using ctl::TimeLimit;

namespace {

/// How it ended, once it did.
TimeLimit::Ending ended(std::chrono::seconds most, const std::stop_token& stop) {
    std::promise<TimeLimit::Ending> told;
    const TimeLimit limit(most, stop, [&](TimeLimit::Ending ending) { told.set_value(ending); });
    return told.get_future().get();
}

} // namespace

TEST_CASE("work that takes too long is ended, and so is work that is to stop") {
    CHECK(ended(std::chrono::seconds(0), {}) == TimeLimit::Ending::too_long);
    std::stop_source stop;
    stop.request_stop();
    CHECK(ended(std::chrono::hours(1), stop.get_token()) == TimeLimit::Ending::stopped);
}

TEST_CASE("work that is done in time ends nothing") {
    bool ended = false;
    {
        const TimeLimit limit(std::chrono::hours(1), {}, [&](TimeLimit::Ending) { ended = true; });
    }
    CHECK_FALSE(ended);
}

TEST_CASE("who is ended is told how long it may take, and what allows more") {
    const auto trouble = ctl::trouble_of(TimeLimit::Ending::too_long, std::chrono::seconds(7));
    CHECK(trouble.problem.message.find(" 7 seconds") != std::string::npos);
    CHECK(trouble.problem.hint.find("--time-limit") != std::string::npos);
    CHECK(trouble.exit == 75);
    CHECK(ctl::trouble_of(TimeLimit::Ending::stopped, {}).problem.code == "cancelled");
}

TEST_CASE("a limit of time that is none is refused") {
    test::Ctl agentctl;
    for (const char* given : {"0", "-1", "x", "86401"}) {
        CAPTURE(given);
        const auto ran = agentctl.run({"plan", "--time-limit", given, "install htop"});
        CHECK(ran.exit == 64);
        CHECK(ran.err.find("--time-limit") != std::string::npos);
    }
}
