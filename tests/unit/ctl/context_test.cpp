#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
using namespace agentd::test;

namespace {

void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
}

void git(const std::string& arguments) {
    const std::string command =
        "GIT_CONFIG_GLOBAL=/dev/null /usr/bin/git -c user.name=a -c user.email=a@b " + arguments +
        " > /dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
}

} // namespace

TEST_CASE("context map tells the hosts of what is committed, and refuses what it cannot") {
    Ctl agentctl;
    const std::string clone = agentctl.directory / "clone";
    write(clone + "/flake.nix", R"({ outputs = { nixpkgs, ... }: {
        nixosConfigurations.web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; };
        nixosConfigurations.db = nixpkgs.lib.nixosSystem { modules = [ ./all.nix { } ]; }; }; })");
    write(clone + "/web.nix", "{ imports = [ ./all.nix ]; }");
    write(clone + "/all.nix", "{ }");
    git("init -q -b main " + clone);
    git("-C " + clone + " add -A");
    git("-C " + clone + " commit -q -m one");
    write(clone + "/web.nix", "not committed");

    const auto ran = agentctl.bare({"--json", "context", "map", "--no-eval", "--repo", clone});
    REQUIRE(ran.exit == 0);
    const auto map = ran.json();
    CHECK(map.at("schema") == "agentd.map/1");
    CHECK(map.at("files").at("all.nix") == Json::array({"db", "web"}));
    CHECK(map.at("files").at("web.nix") == Json::array({"web"}));
    const auto one =
        agentctl.bare({"context", "map", "--no-eval", "--repo", clone, "--host", "web"});
    CHECK(one.out.find("all.nix  shared by 2") != std::string::npos);
    const auto other =
        agentctl.bare({"context", "map", "--no-eval", "--repo", clone, "--host", "db"});
    CHECK(other.out.find("modules inside of 1 other file") != std::string::npos);
    CHECK(other.out.find("flake.nix  inside") != std::string::npos);

    CHECK(agentctl.bare({"--json", "context", "map", "--no-eval", "--repo", clone, "--host", "x"})
              .json()
              .at("error")
              .at("code") == "no_such_host");
    CHECK(agentctl.bare({"--json", "context", "map", "--no-eval", "--repo", clone, "--flake", "x"})
              .json()
              .at("error")
              .at("code") == "no_flake");
    CHECK(
        agentctl.bare({"context", "map", "--no-eval", "--repo", agentctl.directory.path()}).exit ==
        1);
}
