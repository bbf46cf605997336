/// What the owner calls something comes before what nixpkgs does.
#include "agentd/planners/goal/sayings.hpp"
#include "tests/unit/goal/place.hpp"
#include "tests/unit/repo_map/memory_tree.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

std::string said_in(const std::map<std::string, std::string>& all, const std::string& goal,
                    const std::string& host) {
    const MemoryTree tree(all);
    proposals::map::Files files(tree, tree.paths());
    const auto map = proposals::map::make_map(files);
    REQUIRE(map);
    const planners::goal::Sayings said(files, *map);
    const auto read = planners::goal::read_goal(
        goal, {.map = *map, .files = files.all(), .host = host, .catalog = nullptr, .said = &said});
    return read ? said_of(*read) : "!" + read.problem().code;
}

std::string said_with(const std::string& module, const std::string& goal) {
    const std::map<std::string, std::string> all{
        {"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = "
                      "nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; }; }; }"},
        {"m.nix", module}};
    return said_in(all, goal, "");
}

} // namespace

TEST_CASE("a switch that only others use, or one of a home, is not taken for this host's") {
    const std::string own = "{ lib, ... }: { options.my.nginx.enable = lib.mkEnableOption \"\"; ";
    const auto said_on = [&](const std::string& web, const std::string& db) {
        return said_in(
            {{"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations = { "
                           "web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ]; }; "
                           "db = nixpkgs.lib.nixosSystem { modules = [ ./db.nix ]; }; }; "
                           "}; }"},
             {"web.nix", web},
             {"db.nix", db}},
            "enable nginx", "web");
    };
    CHECK(said_on(own + "}", "{ }") == "set my.nginx.enable to true");
    CHECK(said_on("{ }", own + "config.my.nginx.enable = true; }") ==
          "?set my.nginx.enable to true | set services.nginx.enable to true");
    CHECK(said_on("{ home-manager.users.bob.my.nginx.enable = true; }", "{ }") ==
          "set services.nginx.enable to true");
}

TEST_CASE("a switch of the owner's own that is called as the words say goes before nixpkgs'") {
    const std::string own = "{ lib, ... }: { options.my.services.mumble.enable = "
                            "lib.mkEnableOption \"mumble\"; }";
    for (const std::string goal :
         {"enable the mumble server", "enable mumble", "turn on the mumble server on host web"}) {
        const std::string says = said_with(own, goal);
        CAPTURE(goal, says);
        CHECK(says.ends_with("set my.services.mumble.enable to true"));
    }
    CHECK(said_with("{ }", "enable the mumble server") == "set services.murmur.enable to true");
    CHECK(said_with("{ lib, ... }: { options.my.a.mumble.enable = lib.mkEnableOption \"\"; "
                    "options.my.b.mumble.enable = lib.mkEnableOption \"\"; }",
                    "enable the mumble server") ==
          "?set my.a.mumble.enable to true | set my.b.mumble.enable to true");
}

TEST_CASE("where a module stands in a file of flake-parts is no switch of the owner's") {
    const std::map<std::string, std::string> all{
        {"flake.nix", R"({
          outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
            imports = [ ./web.nix ./vpn.nix ];
          };
        })"},
        {"web.nix", "{ inputs, config, ... }: { flake.nixosConfigurations.web = "
                    "inputs.nixpkgs.lib.nixosSystem { modules = [ config.flake.modules.nixos.vpn "
                    "]; }; }"},
        {"vpn.nix", "{ flake.modules.nixos.vpn = { services.tailscale.enable = true; }; }"}};
    CHECK(said_in(all, "disable tailscale", "web") == "set services.tailscale.enable to false");
}

TEST_CASE("a switch that is declared where the host is made of it is the host's, used or not") {
    CHECK(said_in({{"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations = { "
                                 "web = nixpkgs.lib.nixosSystem { modules = [ ./own.nix ]; }; "
                                 "db = nixpkgs.lib.nixosSystem { modules = [ ./own.nix ./db.nix "
                                 "]; }; }; }; }"},
                   {"own.nix", "{ lib, config, ... }: { options.my.docker.enable = "
                               "lib.mkEnableOption \"docker\"; }"},
                   {"db.nix", "{ my.docker.enable = true; }"}},
                  "enable docker", "web") == "set my.docker.enable to true");
}
