#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;

TEST_CASE("audit verify passes on what the daemon found, with the place") {
    Ctl agentctl;
    const FakeDaemon daemon(
        agentctl.socket(),
        test::by_method(
            {{"audit.verify",
              ok({{"ok", false},
                  {"size", 17},
                  {"root", std::string(64, 'a')},
                  {"problem", {{"entry", 17}, {"offset", 1234}, {"message", "altered"}}}})}}));
    const auto ran = agentctl.run({"audit", "verify"});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("agentctl: the log is not what was written: altered\n  where: entry 17, "
                       "offset 1234\n") == 0);
    const auto json = agentctl.run({"audit", "verify", "--json"});
    CHECK(json.exit == 1);
    CHECK(json.json().at("problem").at("entry") == 17);
}

TEST_CASE("audit verify of a directory needs no daemon, and names the segment") {
    Ctl agentctl;
    const std::string folder = agentctl.directory / "log";
    std::filesystem::create_directory(folder);
    std::ofstream(folder + "/00000000.jsonl") << "garbage\n";
    const auto ran = agentctl.run({"audit", "verify", "--directory", agentctl.directory.path()});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("the log is not what was written") != std::string::npos);
    CHECK(ran.err.find("where: entry 0, segment ") != std::string::npos);
    CHECK(agentctl.run({"audit", "verify", "--directory", "x", "--vkey", "nonsense"}).exit == 64);
}

TEST_CASE("where there is no log, nobody is told that it was altered") {
    Ctl agentctl;
    const auto ran = agentctl.run({"audit", "verify", "--directory", agentctl.directory.path()});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("there is no log in ") != std::string::npos);
    CHECK(ran.err.find("not what was written") == std::string::npos);
    CHECK(ran.err.find("next: name the folder") != std::string::npos);
    CHECK(agentctl.run({"audit", "verify", "--json", "--directory", agentctl.directory.path()})
              .json()
              .at("problem")
              .at("flaw") == "no_log");
}

TEST_CASE("policy check tells every problem with its line, offline") {
    Ctl agentctl;
    const std::string file = agentctl.directory / "policy.toml";
    std::ofstream(file) << "nonsense = 1\nmore = 2\n";
    const auto ran = agentctl.bare({"policy", "check", file});
    CHECK(ran.exit == 1);
    CHECK(ran.out.find(file + ":1:") != std::string::npos);
    CHECK(ran.out.find(file + ":2:") != std::string::npos);
    CHECK(agentctl.bare({"policy", "check", "/nonexistent"}).exit == 1);
    CHECK(agentctl.bare({"policy", "check", file, "--json"}).json().at("problems").size() >= 2);
}

TEST_CASE("config check tells every problem with its line, offline") {
    Ctl agentctl;
    const std::string file = agentctl.directory / "agentd.toml";
    std::ofstream(file) << "host = \"demo\"\n[flake]\nupstream = \"/x\"\n";
    CHECK(agentctl.bare({"config", "check", file}).exit == 0);
    std::ofstream(file) << "host = \"demo\"\nnonsense = 1\n[flake]\nupstream = 3\n";
    const auto ran = agentctl.bare({"config", "check", file});
    CHECK(ran.exit == 1);
    CHECK(ran.out.find(file + ":2:") != std::string::npos);
    CHECK(ran.out.find(file + ":4:") != std::string::npos);
}

TEST_CASE("web login is for root, and the secret half comes from the helper") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      test::by_method({{"web.login", ok({{"url", "http://localhost:8484/pair"},
                                                         {"expires", nullptr}})}}));
    CHECK(agentctl.run({"web", "login"}).exit == 77);
    CHECK(daemon.requests().empty());

    const std::string helper_socket = agentctl.directory / "apply.sock",
                      file = agentctl.directory / "agentd.toml";
    std::ofstream(file) << "host = \"demo\"\n[flake]\nupstream = \"/x\"\n[sockets]\napply = \""
                        << helper_socket << "\"\n";
    agentctl.variables["AGENTD_CONFIG"] = file;
    agentctl.uid = 0;
    CHECK(agentctl.run({"web", "login"}).exit == 69); // no helper there
    FakeDaemon helper(helper_socket, [](const Json&) {
        return std::vector<Json>{{{"ok", true}, {"token", "abc"}}};
    });
    const auto ran = agentctl.run({"web", "login", "--label", "phone"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(ran.out == "http://localhost:8484/pair#abc\n");
    CHECK(ran.err.find("good once, for two minutes") != std::string::npos);
    CHECK(helper.requests().back() == Json{{"op", "pair.invite"}, {"label", "phone"}});
    agentctl.variables["SUDO_USER"] = "alice";
    CHECK(agentctl.run({"web", "login"}).exit == 0);
    CHECK(helper.requests().back().at("name") == "alice");
    CHECK(agentctl.run({"web", "login", "--name", "bob"}).exit == 0);
    CHECK(helper.requests().back().at("name") == "bob");
    CHECK(agentctl.run({"web", "login", "--name", "a b"}).exit == 64);
}

TEST_CASE("what a link brings is enrolled when root says yes to its code, and only then") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(),
                      test::by_method({{"web.login", ok({{"url", "http://localhost:8484/pair"},
                                                         {"others", {"https://box.example/pair"}},
                                                         {"expires", nullptr}})}}));
    const std::string helper_socket = agentctl.directory / "apply.sock",
                      file = agentctl.directory / "agentd.toml";
    std::ofstream(file) << "host = \"demo\"\n[flake]\nupstream = \"/x\"\n[sockets]\napply = \""
                        << helper_socket << "\"\n";
    agentctl.variables["AGENTD_CONFIG"] = file;
    agentctl.uid = 0;
    agentctl.terminal = true;
    FakeDaemon helper(helper_socket, [](const Json&) {
        const Json offer{{"method", "passkey"}, {"key_id", "SHA256:k"}, {"name", "alice"},
                         {"label", "phone"},    {"code", "a1b2-c3d4-e5f6"}};
        return std::vector<Json>{{{"ok", true}, {"token", "abc"}, {"offer", offer}}};
    });
    for (const auto& [said, exit] : {std::pair("y\n", 0), std::pair("n\n", 3), std::pair("", 3)}) {
        agentctl.input = said;
        const auto ran = agentctl.run({"web", "login"});
        CHECK(ran.exit == exit);
        CHECK(ran.out == "http://localhost:8484/pair#abc\nhttps://box.example/pair#abc\n");
        CHECK(ran.err.find("a1b2-c3d4-e5f6") != std::string::npos);
        const Json last = helper.requests().back();
        CHECK(last.at("op") == "pair.admit");
        CHECK(last.at("key_id") == "SHA256:k");
        CHECK(last.at("token") == "abc");
        CHECK(last.at("yes") == (exit == 0));
    }
    agentctl.terminal = false;
    CHECK(agentctl.run({"web", "login", "--yes"}).exit == 0);
    CHECK(helper.requests().back().at("yes") == true);
    CHECK(agentctl.run({"web", "login"}).exit == 0);
    CHECK(helper.requests().back().at("op") == "pair.invite");
}
