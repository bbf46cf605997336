#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"
#include "tests/unit/ctl/detail.hpp"

#include <fstream>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;

namespace {

/// `show` says checking twice, then `last`.
FakeDaemon::Answer checked(Json last) {
    return [last = std::move(last), shows = 0](const Json& request) mutable -> std::vector<Json> {
        if (request.at("method") != "show") {
            return {ok({{"proposal", test::detail("drafted")}})};
        }
        return {ok({{"proposal", ++shows < 3 ? test::detail("checking") : last}})};
    };
}

Json refused() {
    Json detail = test::detail("refused");
    detail["refusal"] = {{"stage", "test"},
                         {"code", "eval"},
                         {"message", "no such option\nat x"},
                         {"where", "x.nix:3"},
                         {"hint", nullptr}};
    return detail;
}

} // namespace

TEST_CASE("run waits until it is decided and names the next command") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(), checked(test::detail("decided")));
    const auto ran = agentctl.run({"run", "open", "port", "8080"});
    CHECK(ran.exit == 0);
    CHECK(ran.out == "#1 Open port 8080\n"
                     "  opens TCP port 8080, and 1 more change\n"
                     "  decided · risk notice · policy wants a person to approve it\n"
                     "  look: agentctl explain 1\n"
                     "  next: agentctl approve 1 --apply\n");
    CHECK(ran.err == "drafted #1 Open port 8080\n  checking …\n"
                     "  build        passed    12 ms     built\n");
    CHECK(daemon.requests().front().at("params").at("goal") == "open port 8080");
}

namespace {

const std::string plain_docker = "add the package \"docker\" to environment.systemPackages";

/// Docker may be meant in two ways; anything else is drafted and decided.
FakeDaemon::Answer asks_back() {
    return [](const Json& request) -> std::vector<Json> {
        if (request.at("method") == "run" && request.at("params").at("goal") == "install docker") {
            Json two = test::error("two_readings", "the goal can be read in 2 ways", 64);
            two["error"]["readings"] = {
                {{"say", "set a.enable to true"}, {"understood", {"set a.enable to true"}}},
                {{"say", plain_docker}, {"understood", {"add docker to the packages", "on web"}}}};
            return {two};
        }
        return {ok({{"proposal", test::detail("decided")}})};
    };
}

} // namespace

TEST_CASE("where the files say all of a goal already, run says so and has not failed") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(),
                            [](const Json&) -> std::vector<Json> {
                                return {test::error("no_change", "the files say all of this already")};
                            });
    const auto ran = agentctl.run({"run", "install", "htop"});
    CHECK(ran.exit == 0);
    CHECK(ran.out == "nothing to do: the files say all of this already\n  do this\n");
    CHECK(ran.err.empty());
    const auto last = agentctl.run({"run", "install", "htop", "--json"}).lines().back();
    CHECK(last.at("result") == Json{{"proposal", nullptr}, {"already", "do this"}});
}

TEST_CASE("run asks a person which of two readings is meant, and proposes that one") {
    Ctl agentctl;
    agentctl.terminal = true;
    agentctl.input = "2\n";
    FakeDaemon daemon(agentctl.socket(), asks_back());
    const auto ran = agentctl.run({"run", "install", "docker", "--no-wait"});
    CHECK(ran.exit == 0);
    CHECK(ran.err.find("  1  set a.enable to true\n  2  add docker to the packages, on web\n") !=
          std::string::npos);
    REQUIRE(daemon.requests().size() == 2);
    CHECK(daemon.requests().back().at("params").at("goal") == plain_docker);
}

TEST_CASE("where nobody can be asked, or none is meant, a question is an error that has both") {
    for (const auto& [terminal, input] :
         {std::pair(false, "2\n"), std::pair(true, "\n"), std::pair(true, "3\n")}) {
        Ctl agentctl;
        agentctl.terminal = terminal;
        agentctl.input = input;
        FakeDaemon daemon(agentctl.socket(), asks_back());
        const auto ran = agentctl.run({"run", "install", "docker"});
        CHECK(ran.exit == 64);
        CHECK(ran.err.find("the goal can be read in 2 ways") != std::string::npos);
        CHECK(daemon.requests().size() == 1);
    }
    Ctl agentctl;
    agentctl.terminal = true;
    agentctl.input = "2\n";
    const FakeDaemon daemon(agentctl.socket(), asks_back());
    const auto ran = agentctl.run({"run", "install", "docker", "--json"});
    CHECK(ran.exit == 64);
    const Json error = ran.lines().back().at("error");
    CHECK(error.at("code") == "two_readings");
    CHECK(error.at("readings")[1].at("say") == plain_docker);
}

TEST_CASE("run exits 77 when policy denies and 1 when a test refuses") {
    Ctl agentctl;
    {
        const FakeDaemon daemon(agentctl.socket(), checked(test::detail("denied")));
        CHECK(agentctl.run({"run", "x"}).exit == 77);
    }
    {
        const FakeDaemon daemon(agentctl.socket(), checked(test::detail("stale")));
        CHECK(agentctl.run({"run", "x"}).exit == 75);
    }
    const FakeDaemon daemon(agentctl.socket(), checked(refused()));
    const auto ran = agentctl.run({"run", "x"});
    CHECK(ran.exit == 1);
    CHECK(
        ran.err.find("agentctl: refused (test): no such option\\u{000A}at x\n  where: x.nix:3\n") !=
        std::string::npos);
}

TEST_CASE("run as a stream begins with its version and ends with the result or the error") {
    Ctl agentctl;
    {
        const FakeDaemon daemon(agentctl.socket(), checked(test::detail("decided")));
        const auto ran = agentctl.run({"run", "x", "--json"});
        const auto lines = ran.lines();
        CHECK(lines.front() == Json{{"type", "version"}, {"schema", "agentctl/1"}});
        CHECK(lines[1].at("type") == "drafted");
        CHECK(lines.back().at("type") == "result");
        CHECK(lines.back().at("result").at("proposal").at("state") == "decided");
        CHECK(ran.err.empty());
    }
    const FakeDaemon daemon(agentctl.socket(), checked(refused()));
    const auto lines = agentctl.run({"run", "x", "--json"}).lines();
    CHECK(lines.back().at("type") == "error");
    CHECK(lines.back().at("error").at("exit") == 1);
}

TEST_CASE("run --no-wait returns once it is drafted") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(), checked(test::detail("decided")));
    CHECK(agentctl.run({"run", "x", "--no-wait"}).exit == 0);
    CHECK(daemon.requests().size() == 1);
}

TEST_CASE("a goal that agentd refuses keeps its hint and its exit status") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(),
                            test::by_method({{"run", test::error("refused", "no package `rg`")}}));
    const auto ran = agentctl.run({"run", "add rg"});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("next: do this") != std::string::npos);
}

TEST_CASE("verify tests again, and follows a test that is on its way without asking for another") {
    for (const bool on_its_way : {true, false}) {
        Ctl agentctl;
        int shows = 0;
        FakeDaemon daemon(agentctl.socket(), [&](const Json& request) -> std::vector<Json> {
            if (request.at("method") == "verify") {
                return {Json{{"event", {{"lines", {"building…"}}}}},
                        ok({{"proposal", test::detail()}})};
            }
            return {ok({{"proposal", test::detail(++shows > 1  ? "decided"
                                                  : on_its_way ? "checking"
                                                               : "stale")}})};
        });
        CHECK(agentctl.run({"verify", "1"}).exit == 0);
        int verifies = 0;
        for (const Json& request : daemon.requests()) {
            verifies += request.at("method") == "verify" ? 1 : 0;
        }
        CHECK(verifies == (on_its_way ? 0 : 1));
    }
}

TEST_CASE("propose sends a patch with the title that it carries") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      test::by_method({{"propose", ok({{"proposal", test::detail("drafted")}})}}));
    agentctl.input = "Subject: [PATCH 1/2] Open a port\n\ndiff --git a/x b/x\n";
    CHECK(agentctl.run({"propose", "--patch", "-"}).exit == 0);
    CHECK(daemon.requests()[0].at("params").at("title") == "Open a port");
    CHECK(daemon.requests()[0].at("params").at("patch") == agentctl.input);
    agentctl.input = "diff --git a/x b/x\nSubject: not this\n";
    CHECK(agentctl.run({"propose", "--patch", "-", "--base", std::string(40, 'a')}).exit == 0);
    CHECK(daemon.requests()[1].at("params").at("title") == "A patch");
    CHECK(daemon.requests()[1].at("params").at("base") == std::string(40, 'a'));
}

TEST_CASE("propose sends operations only when they are ones") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      test::by_method({{"propose", ok({{"proposal", test::detail("drafted")}})}}));
    const std::string file = agentctl.directory / "ops.json";
    std::ofstream(file)
        << R"({"schema":"agentd.ops/1","host":"demo","operations":[{"op":"add_to_list","option":"environment.systemPackages","value":{"package":"ripgrep"}}]})";
    const auto ran = agentctl.run({"propose", "--operations", "ops.json"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(daemon.requests()[0].at("params").at("title").get<std::string>().find("ripgrep") !=
          std::string::npos);
    std::ofstream(file) << R"({"schema":"agentd.ops/1"})";
    CHECK(agentctl.run({"propose", "--operations", file}).exit == 64);
    CHECK(daemon.requests().size() == 1);
}

TEST_CASE("propose refuses what cannot be sent, before it is sent") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(), test::by_method({}));
    agentctl.input = "\xff";
    CHECK(agentctl.run({"propose", "--patch", "-"}).exit == 64);
    agentctl.input = "";
    CHECK(agentctl.run({"propose", "--patch", "-"}).exit == 64);
    agentctl.input = std::string((1U << 20) + 1, 'x');
    CHECK(agentctl.run({"propose", "--patch", "-"}).exit == 64);
    CHECK(agentctl.run({"propose"}).exit == 64);
    CHECK(agentctl.run({"propose", "--patch", "a", "--operations", "b"}).exit == 64);
    CHECK(agentctl.run({"propose", "--patch", "-", "--base", "main"}).exit == 64);
    CHECK(daemon.requests().empty());
}

TEST_CASE("a rejection needs a reason") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      test::by_method({{"reject", ok({{"proposal", test::detail("denied")}})}}));
    CHECK(agentctl.run({"reject", "1"}).exit == 64);
    CHECK(agentctl.run({"reject", "1", "--reason", ""}).exit == 64);
    CHECK(daemon.requests().empty());
    CHECK(agentctl.run({"reject", "1", "--reason", "not now"}).exit == 0);
    CHECK(daemon.requests()[0].at("params").at("reason") == "not now");
}
