// What systemd and the kernel say of a rehearsed system, and what of it is believed.
#include "agentd/rehearsal/question.hpp"
#include "agentd/rehearsal/seen.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::rehearsal;

namespace {

const char* const shown =
    "Id=web.service\n"
    "ActiveState=active\nSubState=running\nResult=success\nJob=0\n"
    "InactiveExitTimestampMonotonic=12\nConditionResult=yes\n"
    "\n"
    "Id=gone.service\n"
    "ActiveState=failed\nSubState=failed\nResult=exit-code\nExecMainStatus=3\nNRestarts=5\n"
    "EnvironmentFiles=/run/secrets/token (ignore_errors=no)\n"
    "\n"
    "Id=dev-sda.device\nActiveState=active\n"
    "\n"
    "Id=../../etc/passwd\nActiveState=active\n";

} // namespace

TEST_CASE("units are read as systemctl shows them, sorted, without what comes and goes by itself") {
    const auto units = units_from(shown).units;
    REQUIRE(units.size() == 2);
    CHECK(units[0] == Unit{.name = "gone.service",
                           .active = "failed",
                           .sub = "failed",
                           .result = "exit-code",
                           .status = 3,
                           .restarts = 5,
                           .needs = "/run/secrets/token"});
    CHECK(units[1] == Unit{.name = "web.service",
                           .active = "active",
                           .sub = "running",
                           .result = "success",
                           .ran = true});
}

TEST_CASE("what was started again stands once it runs for longer than it can have run before") {
    // Begun at 1 s; running since 3 s: before that it ran for at most 2 s.
    const auto steady = [](std::int64_t now, const std::string& since, const char* restarts) {
        const auto units =
            units_from("Id=a.service\nActiveState=active\nNRestarts=" + std::string(restarts) +
                           "\nActiveEnterTimestampMonotonic=" + since + "\n",
                       {.begun_us = 1'000'000, .now_us = now})
                .units;
        REQUIRE(units.size() == 1);
        return units[0].steady;
    };
    CHECK(steady(5'100'000, "3000000", "1"));
    CHECK_FALSE(steady(4'900'000, "3000000", "1"));
    // Never started again, or at a time that cannot be.
    CHECK_FALSE(steady(5'100'000, "3000000", "0"));
    for (const char* since : {"0", "", "-9223372036854775807", "999999", "5100001", "many"}) {
        CHECK_FALSE(steady(5'100'000, since, "1"));
    }
    CHECK_FALSE(
        units_from("Id=a.service\nNRestarts=1\nActiveEnterTimestampMonotonic=3\n").units[0].steady);
}

TEST_CASE("a file of secrets that may be missing is not needed") {
    const auto needs = [](const std::string& files) {
        return units_from("Id=a.service\nEnvironmentFiles=" + files + "\n").units.at(0).needs;
    };
    CHECK(needs("/run/secrets/a (ignore_errors=yes)").empty());
    CHECK(needs("/run/secrets/a (ignore_errors=yes)\nEnvironmentFiles=/run/secrets/b "
                "(ignore_errors=no)") == "/run/secrets/b");
}

TEST_CASE("a state that is no word of systemd's says nothing") {
    const auto units = units_from("Id=a.service\nActiveState=act\x1bive\nResult=sUccess\n").units;
    REQUIRE(units.size() == 1);
    CHECK(units[0].active.empty());
    CHECK(units[0].result.empty());
}

TEST_CASE("a system that shows more units than are read is told to be more than was read") {
    std::string text;
    for (std::size_t i = 0; i < Rehearsal::max_units + 5; ++i) {
        text += "Id=u" + std::to_string(i) + ".service\nActiveState=active\n\n";
    }
    const auto units = units_from(text);
    CHECK(units.units.size() == Rehearsal::max_units);
    CHECK(units.truncated);
}

TEST_CASE("a unit that systemd has forgotten ended well or was skipped, as the journal has it") {
    auto units = units_from("Id=web.service\nActiveState=failed\n");
    add_from_journal(
        R"({"UNIT":"once.service","JOB_TYPE":"start","JOB_RESULT":"done","MESSAGE":"Finished once.service."})"
        "\n"
        R"({"UNIT":"choosy.service","JOB_TYPE":"start","JOB_RESULT":"done","MESSAGE":"choosy.service was skipped because of an unmet condition check (ConditionPathExists=/x)."})"
        "\n"
        R"({"UNIT":"web.service","JOB_TYPE":"start","JOB_RESULT":"done","MESSAGE":"Started web."})"
        "\n"
        R"({"UNIT":"bad.service","JOB_TYPE":"start","JOB_RESULT":"failed","MESSAGE":"Failed"})"
        "\nnonsense\n[1]\n",
        units);
    REQUIRE(units.units.size() == 3);
    CHECK(units.units[0].name == "choosy.service");
    CHECK(units.units[0].skipped);
    CHECK_FALSE(units.units[0].ran);
    CHECK(units.units[1].name == "once.service");
    CHECK(units.units[1].ran);
    CHECK(units.units[2].active == "failed");
}

TEST_CASE("sockets that listen are read, connections are not") {
    std::vector<Listener> out;
    listeners_from("  sl  local_address rem_address   st\n"
                   "   0: 00000000:0016 00000000:0000 0A 0 0\n"
                   "   1: 0100007F:0035 00000000:0000 0A 0 0\n"
                   "   2: 0100007F:1F90 0100007F:C000 01 0 0\n"
                   "   3: nonsense\n",
                   "tcp", out);
    listeners_from(
        "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A\n"
        "   1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A\n",
        "tcp", out);
    listeners_from("   0: 00000000:0044 00000000:0000 07\n", "udp", out);
    CHECK(out == std::vector<Listener>{{"tcp", "0.0.0.0", 22},
                                       {"tcp", "127.0.0.1", 53},
                                       {"tcp", "::", 80},
                                       {"tcp", "::1", 631},
                                       {"udp", "0.0.0.0", 68}});
}

TEST_CASE("the place of a secret is found in what a unit says") {
    CHECK(secret_in("cat: '/run/secrets/db password': No such file") == "/run/secrets/db");
    CHECK(secret_in("open /run/agenix/key: no such file") == "/run/agenix/key");
    CHECK(secret_in("exit 1").empty());
}

TEST_CASE("what is no question is not answered") {
    const std::string system = "/nix/store/" + std::string(32, 'a') + "-nixos-system-web";
    const auto asked = [](const std::string& path, int seconds) {
        return question_from(core::canonical(
            {{"schema", "agentd.rehearse/1"}, {"system", path}, {"seconds", seconds}}));
    };
    CHECK(asked(system, 60));
    CHECK_FALSE(asked(system + "/init", 60));
    CHECK_FALSE(asked("/etc", 60));
    CHECK_FALSE(asked(system + ".drv", 60));
    CHECK_FALSE(asked(system, 0));
    CHECK_FALSE(asked(system, 601));
    CHECK_FALSE(question_from(R"({"schema":"agentd.rehearse/1","system":")" + system +
                              R"(","seconds":60,"lend":"/etc"})"));
}
