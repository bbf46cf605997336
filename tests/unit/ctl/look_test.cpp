#include "agentd/core/long_answer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"
#include "tests/unit/ctl/detail.hpp"

#include <algorithm>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;

namespace {

Json status_object() {
    return {
        {"host", "demo"},
        {"version", "0.1.0"},
        {"separation", false},
        {"machine",
         {{"running", "/nix/store/a"},
          {"booted", "/nix/store/a"},
          {"profile", "/nix/store/a"},
          {"head", {{"branch", "main"}, {"commit", std::string(40, '1')}, {"toplevel", nullptr}}},
          {"running_is_head", "yes"}}},
        {"units", {{"total", 42}, {"failed", {"nginx.service"}}}},
        {"observations",
         {{{"severity", "warning"},
           {"title", "disk is full"},
           {"detail", "91 %"},
           {"trusted", true},
           {"remedy", nullptr}},
          {{"severity", "critical"},
           {"title", "nginx failed"},
           {"detail", "bad\x1b]0;x\a"},
           {"trusted", false},
           {"remedy", "restart_unit"}}}},
        {"proposals", {{"open", 2}, {"waiting", 1}, {"applied", 4}}},
        {"log", {{"size", 118}, {"root", std::string(64, 'a')}, {"verified", nullptr}}},
        {"nix", {{"version", "2.8.1"}}},
        {"useful",
         {{"number", 1},
          {"id", test::proposal_id},
          {"title", "Open port 8080"},
          {"headline", "opens TCP port 8080"},
          {"state", "decided"}}},
        {"parts", {{{"name", "agentd"}, {"ok", true}, {"detail", "x"}}}}};
}

} // namespace

TEST_CASE("without a command: health in ten lines, then the useful proposal with its command") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), test::by_method({{"status", ok(status_object())}}));
    const auto ran = agentctl.run({});
    CHECK(ran.exit == 0);
    CHECK(ran.out == "demo · agentd 0.1.0 · Nix 2.8.1\n"
                     "  system     runs what main (111111111111) builds\n"
                     "  units      1 of 42 failed: nginx.service\n"
                     "  seen       1 critical, 1 warning; agentctl status lists them\n"
                     "  proposals  2 open, 1 waiting for you, 4 applied\n"
                     "  log        118 entries, root aaaaaaaaaaaa\n"
                     "  parts      agentd: all answer\n"
                     "  separation off: all processes run under one uid (demo)\n"
                     "\n"
                     "#1 Open port 8080\n"
                     "  opens TCP port 8080\n"
                     "  agentctl explain 1, then: agentctl approve 1 --apply\n");
}

TEST_CASE("status lists the worst first and marks what only somebody says") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), test::by_method({{"status", ok(status_object())}}));
    const auto ran = agentctl.run({"status"});
    CHECK(ran.out.find("nginx failed") < ran.out.find("disk is full"));
    CHECK(ran.out.find("it says: bad\\u{001B}]0;x\\u{0007}") != std::string::npos);
    CHECK(ran.out.find('\x1b') == std::string::npos);
}

TEST_CASE("status says of each thing whose it is and how it is, and is safe for a terminal") {
    Ctl agentctl;
    auto status = status_object();
    status["seen"] = "2026-01-02T03:04:05.000006Z";
    status["facts"] = {
        {{"name", "etc"},
         {"owner", "flake"},
         {"state", "good"},
         {"text", "311 files, all as built"}},
        {{"name", "boot"}, {"owner", "nix"}, {"state", "amiss"}, {"text", "no \x1b[31mentry"}},
        {{"name", "clock"}, {"owner", "systemd"}, {"state", "unknown"}, {"text", "nobody says"}}};
    const FakeDaemon daemon(agentctl.socket(), test::by_method({{"status", ok(status)}}));
    const auto ran = agentctl.run({"status"});
    CHECK(ran.out.find("  ok    etc          flake    311 files, all as built\n") !=
          std::string::npos);
    CHECK(ran.out.find("  amiss boot         nix      no \\u{001B}[31mentry\n") !=
          std::string::npos);
    CHECK(ran.out.find("  ?     clock        systemd  nobody says\n") != std::string::npos);
    CHECK(ran.out.find("as of 2026-01-02 03:04 UTC") != std::string::npos);
}

TEST_CASE("a machine that is frozen says so first, with why and what lets changes in again") {
    Ctl agentctl;
    auto status = status_object();
    status["frozen"] = {{"since", "2026-01-02T03:04:05.000006Z"},
                        {"because", "frozen by root: trial"}};
    const FakeDaemon daemon(agentctl.socket(), test::by_method({{"status", ok(status)}}));
    CHECK(agentctl.run({"status"})
              .out.find("  frozen     nothing is applied since 2026-01-02 03:04 UTC (frozen by "
                        "root: trial); "
                        "when that is over: sudo agentctl unfreeze\n  system ") !=
          std::string::npos);
    status["frozen"] = nullptr;
    const FakeDaemon free(agentctl.directory / "free.sock",
                          test::by_method({{"status", ok(status)}}));
    CHECK(agentctl.bare({"--socket", agentctl.directory / "free.sock", "status"})
              .out.find("frozen") == std::string::npos);
}

TEST_CASE("--json is the daemon's result and nothing else") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), test::by_method({{"status", ok(status_object())}}));
    const auto ran = agentctl.run({"status", "--json"});
    CHECK(ran.json() == status_object());
    CHECK(ran.err.empty());
}

TEST_CASE("colour needs a terminal that wants it, or --color") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), test::by_method({{"status", ok(status_object())}}));
    const auto coloured = [&](std::vector<std::string> more = {}) {
        more.insert(more.begin(), "status");
        return agentctl.run(more).out.find("\x1b[") != std::string::npos;
    };
    agentctl.variables["TERM"] = "xterm";
    CHECK_FALSE(coloured());
    agentctl.terminal = true;
    CHECK(coloured());
    CHECK_FALSE(coloured({"--color", "never"}));
    agentctl.variables["NO_COLOR"] = "1";
    CHECK_FALSE(coloured());
    CHECK(coloured({"--color", "always"}));
    agentctl.variables.erase("NO_COLOR");
    agentctl.variables["TERM"] = "dumb";
    CHECK_FALSE(coloured());
}

TEST_CASE("an empty answer of another version is drawn as unknown, not as a crash") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(),
                            [](const Json&) { return std::vector<Json>{ok(Json::object())}; });
    for (const std::string command : {"status", "list", "doctor", "observe"}) {
        CHECK(agentctl.run({command}).exit == 0);
    }
    for (const std::string command : {"show", "explain", "diff", "withdraw"}) {
        INFO(command);
        CHECK(agentctl.run({command, "1"}).exit < 64);
    }
}

TEST_CASE("doctor exits 1 when something is amiss and says what to do") {
    Ctl agentctl;
    const FakeDaemon daemon(
        agentctl.socket(),
        test::by_method(
            {{"doctor", ok({{"checks",
                             {{{"name", "nix"}, {"ok", true}, {"detail", "2.8"}, {"hint", nullptr}},
                              {{"name", "flake"},
                               {"ok", false},
                               {"detail", "gone"},
                               {"hint", "look"}}}}})}}));
    const auto ran = agentctl.run({"doctor"});
    CHECK(ran.exit == 1);
    CHECK(ran.out.find("1 thing amiss of 2") != std::string::npos);
    CHECK(ran.out.find("next: look") != std::string::npos);
}

TEST_CASE("--detailed-exitcode says 2 when there is something") {
    Ctl agentctl;
    const FakeDaemon daemon(
        agentctl.socket(),
        test::by_method(
            {{"list", ok({{"proposals", {test::detail()}}})},
             {"observe", ok({{"observations", Json::array()}})},
             {"diff",
              ok({{"files", {{{"path", "x"}, {"change", "added"}, {"hunks", Json::array()}}}}})}}));
    CHECK(agentctl.run({"list"}).exit == 0);
    CHECK(agentctl.run({"list", "--detailed-exitcode"}).exit == 2);
    CHECK(agentctl.run({"observe", "--detailed-exitcode"}).exit == 0);
    CHECK(agentctl.run({"diff", "1", "--detailed-exitcode"}).exit == 2);
}

TEST_CASE("a diff that is longer than a line of the socket is shown whole") {
    Json lines = Json::array();
    for (int n = 1; n <= 3'000; ++n) {
        lines.push_back({{"kind", "+"},
                         {"old_line", nullptr},
                         {"new_line", n},
                         {"text", std::string(500, 'x') + std::to_string(n)},
                         {"marks", Json::array()}});
    }
    const Json file{{"path", "long.txt"},
                    {"change", "added"},
                    {"hunks",
                     {{{"old_start", 0},
                       {"old_lines", 0},
                       {"new_start", 1},
                       {"new_lines", 3'000},
                       {"lines", lines}}}}};
    std::vector<Json> parts;
    for (const auto& line : core::lines_of_answer(ok({{"files", {file}}}).dump())) {
        parts.push_back(Json::parse(line));
    }
    REQUIRE(parts.size() > 2);
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), [&](const Json&) { return parts; });
    const auto ran = agentctl.run({"diff", "1"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("x1\n") != std::string::npos);
    CHECK(ran.out.find("x3000\n") != std::string::npos);
}

TEST_CASE("explain shows the riskiest effect first and marks words as claimed") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(),
                            test::by_method({{"show", ok({{"proposal", test::detail()}})}}));
    const auto ran = agentctl.run({"explain", "1"});
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("Opens TCP port 8080\n") < ran.out.find("A small thing"));
    const auto facts = ran.out.find("What changes"), why = ran.out.find("Why it needs you"),
               evidence = ran.out.find("Evidence"),
               claims = ran.out.find("Claimed by its proposer");
    CHECK(facts < why);
    CHECK(why < evidence);
    CHECK(evidence < claims);
    CHECK(ran.out.find("because I said so") > claims);
}

TEST_CASE("explain of what is not built yet is pending") {
    Ctl agentctl;
    Json detail = test::detail("checking");
    detail["effects"] = nullptr;
    const FakeDaemon daemon(agentctl.socket(),
                            test::by_method({{"show", ok({{"proposal", detail}})}}));
    CHECK(agentctl.run({"explain", "1"}).exit == 8);
}

TEST_CASE("diff draws what hides, and marks the line") {
    Ctl agentctl;
    const Json line{
        {"kind", "+"},
        {"old", nullptr},
        {"new", 1},
        {"text", "  a\u202eb p\u0430y größe"},
        {"marks",
         {{{"column", 3}, {"code_point", 0x202e}}, {{"column", 7}, {"code_point", 0x430}}}}};
    const Json file{{"path", "x.nix"},
                    {"old_path", nullptr},
                    {"change", "modified"},
                    {"hunks",
                     {{{"old_start", 1},
                       {"old_lines", 0},
                       {"new_start", 1},
                       {"new_lines", 1},
                       {"lines", {line}}}}}};
    const FakeDaemon daemon(agentctl.socket(),
                            test::by_method({{"diff", ok({{"files", {file}}})}}));
    CHECK(
        agentctl.run({"diff", "1"}).out ==
        "--- a/x.nix\n+++ b/x.nix\n@@ -1,0 +1,1 @@\n+  a\\u{202E}b p\\u{0430}y größe\n"
        "! the line above holds characters that hide, or that look like others: they are drawn by "
        "their numbers\n");
}

TEST_CASE("diff has the colours of Nix where colours are wanted, and the same text") {
    Ctl agentctl;
    const Json lines = Json::parse(R"([
        {"kind": " ", "old": 1, "new": 1, "text": "{ # n", "marks": [], "changed": [], "colours": [[2, 5, "comment"]]},
        {"kind": "-", "old": 2, "new": null, "text": "ä = \"x\";", "marks": [], "changed": [[5, 6]],
         "colours": [[0, 1, "attribute"], [4, 7, "string"]]},
        {"kind": "+", "old": null, "new": 2, "text": "ä = true;", "marks": [], "changed": [[4, 99]],
         "colours": [[0, 1, "attribute"], [4, 8, "constant"]]},
        {"kind": "+", "old": null, "new": 3, "text": "b = ./c;", "marks": [], "changed": [], "colours": [[4, 7, "path"]]},
        {"kind": "+", "old": null, "new": 4, "text": "wrong", "marks": [], "changed": [["x"], 3], "colours": [[3, 1, 7], "y"]},
        {"kind": " ", "old": null, "new": null, "text": "\\ No newline at end of file", "marks": []}])");
    const Json hunk{
        {"old_start", 1}, {"old_lines", 2}, {"new_start", 1}, {"new_lines", 4}, {"lines", lines}};
    const Json file{{"path", "x.nix"},
                    {"old_path", nullptr},
                    {"change", "modified"},
                    {"hunks", Json::array({hunk})}};
    const FakeDaemon daemon(agentctl.socket(),
                            test::by_method({{"diff", ok({{"files", Json::array({file})}})}}));
    CHECK(agentctl.run({"diff", "1"}).out ==
          "--- a/x.nix\n+++ b/x.nix\n@@ -1,2 +1,4 @@\n { # n\n-ä = \"x\";\n+ä = true;\n"
          "+b = ./c;\n+wrong\n\\ No newline at end of file\n");
    const std::string seen = agentctl.run({"--color", "always", "diff", "1"}).out;
    const auto has = [&](const std::string& line) {
        return seen.find("\n" + line + "\n") != std::string::npos;
    };
    CHECK(has(" { \x1b[2m# n\x1b[0m"));
    CHECK(has("\x1b[31;1m-ä = \x1b[0m\x1b[36m\"\x1b[0m\x1b[31;7mx\x1b[0m\x1b[36m\"\x1b[0m"
              "\x1b[31;1m;\x1b[0m"));
    CHECK(has("\x1b[32m+ä = \x1b[0m\x1b[32;7mtrue;\x1b[0m"));
    CHECK(has("\x1b[32m+b = \x1b[0m\x1b[34m./c\x1b[0m\x1b[32m;\x1b[0m"));
    CHECK(has("\x1b[32m+wrong\x1b[0m"));
}

TEST_CASE("audit tail is a stream that follows the log") {
    Ctl agentctl;
    int asked = 0;
    FakeDaemon daemon(agentctl.socket(), [&](const Json& request) {
        ++asked;
        const auto from = request.at("params").value("from", 0);
        Json entries = Json::array();
        if (asked <= 2) {
            entries.push_back({{"index", from},
                               {"entry",
                                {{"type", "log.opened"},
                                 {"subject", "log"},
                                 {"time", "2026-01-02T03:04:05.000006Z"},
                                 {"actor", {{"id", "a"}}}}}});
        } else {
            agentctl.stop.request_stop();
        }
        return std::vector<Json>{ok({{"size", asked}, {"entries", entries}})};
    });
    const auto ran = agentctl.run({"audit", "tail", "-n", "1", "--follow", "--json"});
    const auto lines = ran.lines();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == Json{{"type", "version"}, {"schema", "agentctl/1"}});
    CHECK(lines[1].at("index") == 0);
    CHECK(lines[2].at("index") == 1); // asked for from where the first answer ended
    CHECK(agentctl.run({"audit", "tail", "-n", "0"}).exit == 64);
}
