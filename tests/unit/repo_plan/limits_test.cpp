/// What would break a host, or change somebody who was not named.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {
const Json on_a = Json::array({"a"});
}

TEST_CASE("a package is not replaced by a text") {
    CHECK(refusal(two_hosts("{ }", "{ pkgs, ... }: { boot.kernelPackages = pkgs.linux; }"),
                  request({set("boot.kernelPackages", {{"string", "linux_zen"}})}, on_a)) ==
          "other_kind");
}

TEST_CASE("a name is not put into a set where a computed one may be the same") {
    auto files = two_hosts("{ }", "{ u, ... }: { users.users.${u.name}.extraGroups = [ ]; }");
    files["vars.nix"] = "{ name = \"joe\"; }";
    CHECK(refusal(files, request({add("users.users.joe.extraGroups", {{"string", "x"}})}, on_a)) !=
          "");
}

TEST_CASE("what is asked for one user is not done to another") {
    const Files files{{"flake.nix", R"({ outputs = { nixpkgs, ... }: { nixosConfigurations = {
        a = nixpkgs.lib.nixosSystem { modules = [ { home-manager.users.u = import ./u.nix; } ]; };
        b = nixpkgs.lib.nixosSystem { modules = [ { home-manager.users.v = import ./u.nix; } ]; };
      }; }; })"},
                      {"u.nix", "{ pkgs, ... }: { home.packages = [ pkgs.git ]; x.y = 1; }"}};
    Json removal{{"op", "remove_from_list"},
                 {"option", "home.packages"},
                 {"value", {{"package", "git"}}},
                 {"user", "u"}};
    CHECK(refusal(files, request({removal})) == "shared");
    CHECK(refusal(files, request({{{"op", "unset_option"}, {"option", "x.y"}, {"user", "u"}}})) ==
          "shared");
    Json value = set("x.y", {{"integer", 2}});
    value["user"] = "u";
    CHECK(refusal(files, request({value})) == "shared");
    Json ssh = set("services.openssh.enable", {{"boolean", false}});
    ssh["user"] = "u";
    CHECK(refusal(files, request({ssh})) == "not_of_a_user");
}

TEST_CASE("an input that a module uses is not taken away") {
    auto files = two_hosts("{ inputs, ... }: { imports = [ inputs.x.nixosModules.y ]; }", "{ }");
    auto& flake = files["flake.nix"];
    flake.replace(flake.find("inputs = { };"), 13, "inputs.x.url = \"github:a/b\";");
    const Json removal = request({{{"op", "remove_input"}, {"input", "x"}}});
    const auto plan = planned(files, removal);
    REQUIRE_FALSE(plan);
    CHECK(plan.problem().code == "used");
    CHECK(plan.problem().where == "common.nix:1");
    files["common.nix"] = "{ inputs, ... }: { imports = [ inputs.xyz.nixosModules.y ]; }";
    CHECK(planned(files, removal)->edits.size() == 1);
}

TEST_CASE("a package that a list under a condition has is not installed once more") {
    const auto files = two_hosts("{ lib, config, pkgs, ... }: lib.mkIf config.my.x.enable { "
                                 "environment.systemPackages = [ pkgs.htop ]; }",
                                 "{ my.x.enable = true; }");
    const auto plan =
        planned(files, request({add("environment.systemPackages", {{"package", "htop"}})}, "all"));
    REQUIRE_FALSE(plan);
    CHECK(plan.problem().code == "conditional");
    CHECK(plan.problem().where == "common.nix:1");
}

TEST_CASE("a file is not chosen for a name that only looks like its own") {
    auto files = two_hosts("{ }", "{ imports = [ ./hosts/a/nixhome.nix ./hosts/a/backup.nix ]; }");
    files["flake.nix"].replace(files["flake.nix"].find("./a.nix"), 7, "./hosts/a");
    files["hosts/a/default.nix"] =
        "{ imports = [ ./nixhome.nix ./backup.nix ]; boot.x = 1; networking.y = 1; }";
    files["hosts/a/nixhome.nix"] = "{ services.dash.enable = true; }";
    files["hosts/a/backup.nix"] = "{ services.restic.enable = true; }";
    CHECK(edited(files, request({set("nix.gc.options", {{"string", "-d"}})}, on_a),
                 "hosts/a/default.nix") != "");
    CHECK(edited(files, request({set("users.users.backup.isNormalUser", yes)}, on_a),
                 "hosts/a/default.nix") != "");
}

TEST_CASE("a list of ports in a file about one service is not the host's") {
    auto files = two_hosts("{ }", "{ }");
    files["flake.nix"].replace(files["flake.nix"].find("./a.nix"), 7, "./hosts/a");
    files["hosts/a/default.nix"] = "{ imports = [ ./zigbee.nix ]; boot.x = 1; }";
    files["hosts/a/zigbee.nix"] = "{ ... }: let x = 1; in { services.zigbee2mqtt.port = x; "
                                  "networking.firewall.allowedTCPPorts = [ 1883 ]; }";
    CHECK(edited(files,
                 request({add("networking.firewall.allowedTCPPorts", {{"integer", 9000}})}, on_a),
                 "hosts/a/default.nix") != "");
}

TEST_CASE("a function that gives a module is not imported by its path") {
    auto files = two_hosts("{ }", "{ imports = [ ./m.nix ]; }");
    files["m.nix"] = "{ }";
    files["n.nix"] = "{ inputs, ... }: { pkgs, ... }: { }";
    CHECK(refusal(files, request({{{"op", "add_import"}, {"module", "n"}}}, on_a)) == "no_place");
}

TEST_CASE("a default of a few hosts is not what most of them have") {
    auto files = two_hosts("{ }", "{ time.timeZone = \"A\"; }", "{ time.timeZone = \"B\"; }");
    auto& flake = files["flake.nix"];
    flake.insert(flake.find("b = "),
                 "c = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; }; "
                 "d = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; }; "
                 "e = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; }; ");
    CHECK(refusal(files, request({set("time.timeZone", {{"string", "C"}})})) == "no_host_named");
}
