#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
using namespace agentd::test;

namespace {

std::string read(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A clone with one host, and a file of operations beside it.
struct Place {
    Place() {
        std::filesystem::create_directories(clone);
        write("flake.nix", R"({ outputs = { nixpkgs, ... }: {
            nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; }; }; })");
        write("web.nix", "{\n  time.timeZone = \"UTC\";\n}\n");
        git("init -q -b main " + clone);
        git("-C " + clone + " add -A");
        git("-C " + clone + " commit -q -m one");
        want("time.timeZone", "Europe/Berlin");
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(clone + "/" + name) << text;
    }
    void want(const std::string& option, const std::string& value) const {
        const Json set{{"op", "set_option"}, {"option", option}, {"value", {{"string", value}}}};
        std::ofstream(ops) << Json{
            {"schema", "agentd.ops/2"},
            {"host", "web"},
            {"operations",
             Json::array({set})}}.dump();
    }
    static void git(const std::string& arguments) {
        const std::string command =
            "GIT_CONFIG_GLOBAL=/dev/null /usr/bin/git -c user.name=a -c user.email=a@b " +
            arguments + " > /dev/null 2>&1";
        REQUIRE(std::system(command.c_str()) == 0);
    }
    Ran plan(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"plan", "--repo", clone, "--ops", ops, "--no-eval"});
        return agentctl.bare(more);
    }

    Ctl agentctl;
    std::string clone = agentctl.directory / "clone";
    std::string ops = agentctl.directory / "ops.json";
};

} // namespace

TEST_CASE("plan shows the edit, and writes it only when it is told to") {
    Place place;
    const auto shown = place.plan({"--detailed-exitcode"});
    CHECK(shown.exit == 2);
    CHECK(shown.out.find("-  time.timeZone = \"UTC\";\n+  time.timeZone = \"Europe/Berlin\";") !=
          std::string::npos);
    CHECK(shown.out.find("diff --git a/web.nix b/web.nix\n--- a/web.nix\n+++ b/web.nix\n@@ ") !=
          std::string::npos);
    CHECK(place.plan({"--color", "always"}).out.find("\x1b[36m\"\x1b[0m\x1b[31;7mUTC\x1b[0m") !=
          std::string::npos);
    CHECK(read(place.clone + "/web.nix") == "{\n  time.timeZone = \"UTC\";\n}\n");
    const auto written = place.plan({"--json", "--write"});
    CHECK(written.exit == 0);
    CHECK(written.json().at("written") == true);
    CHECK(written.json().at("steps").at(0).at("file") == "web.nix");
    CHECK(read(place.clone + "/web.nix") == "{\n  time.timeZone = \"Europe/Berlin\";\n}\n");
}

TEST_CASE("plan does not write over what is not committed, nor through a link") {
    Place place;
    place.write("web.nix", "{ mine = 1; }\n");
    CHECK(place.plan({"--write"}).exit != 0);
    CHECK(read(place.clone + "/web.nix") == "{ mine = 1; }\n");
    const std::string other = place.agentctl.directory / "other";
    std::ofstream(other) << "untouched";
    std::filesystem::remove(place.clone + "/web.nix");
    std::filesystem::create_symlink(other, place.clone + "/web.nix");
    CHECK(place.plan({"--write"}).exit != 0);
    CHECK(read(other) == "untouched");
}

TEST_CASE("plan refuses an option that nobody has seen, and what is no operation") {
    Place place;
    place.want("services.tailscale.autoReconnect", "x");
    const auto unseen = place.plan({"--json"});
    CHECK(unseen.exit == 77);
    CHECK(unseen.json().at("error").at("code") == "unchecked");
    CHECK(place.plan({"--assume-options"}).exit == 0);
    std::ofstream(place.ops) << R"({"schema":"agentd.ops/2","operations":[{"op":"run"}]})";
    CHECK(place.plan().exit == 64);
    CHECK(place.agentctl.bare({"plan", "--repo", place.clone}).exit == 64);
}

TEST_CASE("plan takes a goal in words, says what it understood, and refuses what it does not") {
    Place place;
    const auto say = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"plan", "--repo", place.clone, "--no-eval"});
        return place.agentctl.bare(more);
    };
    const auto shown = say({"--detailed-exitcode", "set the time zone to Europe/Berlin"});
    CHECK(shown.exit == 2);
    CHECK(shown.out.find("understood: set time.timeZone to \"Europe/Berlin\"") !=
          std::string::npos);
    CHECK(shown.out.find("+  time.timeZone = \"Europe/Berlin\";") != std::string::npos);
    CHECK(say({"--host", "web", "set the time zone to UTC on host web"}).exit == 0);
    CHECK(say({"--host", "web", "set the time zone to UTC on all hosts"}).exit == 64);
    const auto odd = say({"--json", "do not set the time zone to UTC"});
    CHECK(odd.exit == 64);
    CHECK(odd.json().at("error").at("code") == "not_understood");
    CHECK(say({"enable tailscale"}).exit == 77); // nobody has seen that option
    CHECK(say({"--ops", place.ops, "install htop"}).exit == 64);
}

TEST_CASE("plan writes a new module with its folder, and none where intake would refuse it") {
    Place place;
    const auto module =
        [&](const std::string& name) {
            std::ofstream(place.ops)
                << Json{{"schema", "agentd.ops/2"},
                        {"host", "web"},
                        {"operations",
                         Json::array(
                             {{{"op", "create_module"},
                               {"module", name},
                               {"settings", Json::array({{{"option", "services.x.enable"},
                                                          {"value", {{"boolean", true}}}}})}}})}}
                       .dump();
            return place.plan({"--assume-options", "--write"});
        };
    CHECK(module("./.git/x.nix").exit != 0);
    CHECK(read(place.clone + "/web.nix") == "{\n  time.timeZone = \"UTC\";\n}\n");
    std::filesystem::create_directories(place.clone + "/modules");
    place.write("modules/y.nix", "{ }\n");
    place.git("-C " + place.clone + " add -A");
    place.git("-C " + place.clone + " commit -q -m two");
    const auto made = module("modules/new/x.nix");
    CAPTURE(made.out, made.err);
    CHECK(made.exit == 0);
    CHECK(read(place.clone + "/modules/new/x.nix").find("services.x.enable = true;") !=
          std::string::npos);
    CHECK(read(place.clone + "/web.nix").find("./modules/new/x.nix") != std::string::npos);
}
