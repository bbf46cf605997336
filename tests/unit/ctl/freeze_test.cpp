// The brake, whoever of agentd's own is dead.
#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;

namespace {

/// Root, with a configuration whose helper and folder are the test's own.
struct Root : Ctl {
    Root() {
        uid = 0;
        std::filesystem::create_directories(directory / "apply");
        std::ofstream(directory / "agentd.toml")
            << "host = \"web\"\n[sockets]\napply = \"" << directory / "apply.sock"
            << "\"\nadmin = \"" << directory / "admin.sock"
            << "\"\n[apply]\ndirectory = \"" << directory / "apply"
            << "\"\n[flake]\nupstream = \"/srv/flake\"\n";
    }
    test::Ran say(std::vector<std::string> words) {
        words.insert(words.end(), {"--config", directory / "agentd.toml"});
        return bare(words);
    }
    std::string flag() const { return directory / "apply/frozen"; }
};

} // namespace

TEST_CASE("root pulls the brake without agentd: the helper is asked itself") {
    Root root;
    FakeDaemon helper(root.directory / "apply.sock", [](const Json&) {
        return std::vector<Json>{{{"ok", true}}};
    });
    const auto ran = root.say({"freeze", "--reason", "hands off"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    REQUIRE(helper.requests().size() == 1);
    CHECK(helper.requests()[0].at("op") == "freeze");
    CHECK(helper.requests()[0].at("reason") == "frozen by root: hands off");
}

TEST_CASE("with the log's writer dead too it is frozen, and said that the log does not know") {
    Root root;
    FakeDaemon helper(root.directory / "apply.sock", [](const Json&) {
        return std::vector<Json>{test::error("unrecorded",
                                             "frozen: nothing is applied; but the log "
                                             "could not be told")};
    });
    const auto ran = root.say({"freeze"});
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("frozen: nothing is applied") != std::string::npos);
    CHECK(ran.err.find("the log could not be told") != std::string::npos);
    const auto json = root.say({"freeze", "--json"});
    CHECK(json.json().at("frozen") == true);
    CHECK(json.json().at("recorded") == false);
}

TEST_CASE("with nobody there root's flag file is made, and holds as soon as anybody is") {
    Root root;
    const auto ran = root.say({"freeze", "--reason", "all of it"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(ran.err.find("nobody of agentd answers") != std::string::npos);
    CHECK(core::read_file(root.flag()) == "frozen by root: all of it\n");
    CHECK(root.say({"freeze", "--json"}).json().at("recorded") == false);
}

TEST_CASE("with nobody there the flag file is not taken away: letting changes in is on record") {
    Root root;
    REQUIRE(root.say({"freeze"}).exit == 0);
    const auto ran = root.say({"unfreeze"});
    CHECK(ran.exit == 69);
    CHECK(std::filesystem::exists(root.flag()));
}

TEST_CASE("who is not root asks agentd, and is told what to do when it is dead") {
    Root root;
    root.uid = 1000;
    const auto ran = root.say({"freeze"});
    CHECK(ran.exit == 69);
    CHECK(ran.err.find("sudo agentctl freeze") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(root.flag()));
}
