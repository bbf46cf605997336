#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"
#include "tests/unit/ctl/detail.hpp"

#include <fstream>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;

TEST_CASE("without a daemon every command says which socket and what starts it") {
    Ctl agentctl;
    for (const std::string command : {"status", "list", "doctor", "observe"}) {
        const auto ran = agentctl.run({command});
        CHECK(ran.exit == 69);
        CHECK(ran.out.empty());
        CHECK(ran.err == "agentctl: agentd does not answer: there is no socket\n  where: " +
                             agentctl.socket() + "\n  next: systemctl start agentd\n");
    }
}

TEST_CASE("a daemon that goes away in the middle is 69, too") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), [](const Json&) { return std::vector<Json>{}; });
    CHECK(agentctl.run({"status"}).exit == 69);
}

TEST_CASE("an answer that is no answer is told, not guessed at") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(),
                            [](const Json&) { return std::vector<Json>{Json::array({1})}; });
    const auto ran = agentctl.run({"status"});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("is not understood") != std::string::npos);
}

TEST_CASE("the daemon's exit status counts, else the one of its error code") {
    struct Row {
        std::string code;
        Json exit;
        int wanted;
    };
    for (const Row& row :
         {Row{"stale", nullptr, 75}, Row{"busy", nullptr, 75}, Row{"denied", nullptr, 77},
          Row{"usage", nullptr, 64}, Row{"presence", nullptr, 4}, Row{"pending", nullptr, 8},
          Row{"declined", nullptr, 3}, Row{"not_found", nullptr, 1},
          Row{"something_new", nullptr, 1}, Row{"unknown_key", 77, 77}, Row{"refused", 0, 1},
          Row{"refused", 4000, 1}}) {
        Ctl agentctl;
        const FakeDaemon daemon(agentctl.socket(), [&](const Json&) {
            return std::vector<Json>{test::error(row.code, "no", row.exit)};
        });
        INFO(row.code);
        const auto ran = agentctl.run({"show", "1"});
        CHECK(ran.exit == row.wanted);
        CHECK(ran.err == "agentctl: no\n  where: here\n  next: do this\n");
        const auto json = agentctl.run({"show", "1", "--json"});
        CHECK(json.exit == row.wanted);
        CHECK(json.json().at("error").at("exit") == row.wanted);
    }
}

TEST_CASE("an error stays three lines, whatever stands in it") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(), [](const Json&) {
        return std::vector<Json>{test::error("refused", "a\nb\x1b[31m\u202e")};
    });
    const auto ran = agentctl.run({"show", "1"});
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 3);
    CHECK(ran.err.find('\x1b') == std::string::npos);
    CHECK(ran.err.find("\\u{202E}") != std::string::npos);
}

TEST_CASE("the socket is the named one, else the environment's, else the configuration's") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      test::by_method({{"list", test::ok({{"proposals", Json::array()}})}}));
    CHECK(agentctl.bare({"list", "--socket", agentctl.socket()}).exit == 0);
    CHECK(agentctl.bare({"list", "--socket", "admin.sock"}).exit == 0); // from the caller's folder
    agentctl.variables["AGENTD_SOCKET"] = agentctl.socket();
    CHECK(agentctl.bare({"list"}).exit == 0);
    agentctl.variables.erase("AGENTD_SOCKET");
    CHECK(agentctl.bare({"list"}).exit == 1); // the named configuration is not there
    const std::string file = agentctl.directory / "agentd.toml";
    std::ofstream(file) << "host = \"demo\"\n[flake]\nupstream = \"/x\"\n[sockets]\nadmin = \""
                        << agentctl.socket() << "\"\n";
    const auto ran = agentctl.bare({"list", "--config", file});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    agentctl.variables["AGENTD_CONFIG"] = file;
    CHECK(agentctl.bare({"list"}).exit == 0);
    std::ofstream(file) << "host = 3\n";
    const auto bad = agentctl.bare({"list"});
    CHECK(bad.exit == 1);
    CHECK(bad.err.find("agentctl config check " + file) != std::string::npos);
}
