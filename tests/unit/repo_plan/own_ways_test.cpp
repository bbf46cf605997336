/// What the repository has for something already, and what only looks so.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

TEST_CASE("a file of another host is no module to import, nor one called like all of its kind") {
    const std::string flake = R"({ outputs = { nixpkgs, ... }: { nixosConfigurations = {
        a = nixpkgs.lib.nixosSystem { modules = [ ./hosts/a ]; };
        b = nixpkgs.lib.nixosSystem { modules = [ ./hosts/b ]; };
      }; }; })";
    const std::string on = "{ services.openssh.enable = true; services.other.enable = true; }";
    for (const std::string other : {"hosts/b/services.nix", "hosts/b/openssh.nix"}) {
        CAPTURE(other);
        const Files files{{"flake.nix", flake},
                          {"hosts/a/default.nix", "{ time.timeZone = \"UTC\"; }"},
                          {"hosts/b/default.nix",
                           "{ imports = [ ./" + other.substr(other.rfind('/') + 1) + " ]; }"},
                          {other, on}};
        CHECK(edited(files, request({set("services.openssh.enable", yes)}, Json::array({"a"})),
                     "hosts/a/default.nix")
                  .find("services.openssh.enable = true;") != std::string::npos);
    }
    const Files shared{{"flake.nix", flake},
                       {"hosts/a/default.nix", "{ time.timeZone = \"UTC\"; }"},
                       {"hosts/b/default.nix", "{ imports = [ ../../services.nix ]; }"},
                       {"services.nix", on}};
    CHECK(edited(shared, request({set("services.openssh.enable", yes)}, Json::array({"a"})),
                 "hosts/a/default.nix")
              .find("services.openssh.enable = true;") != std::string::npos);
}

TEST_CASE("what brings more than was asked for is told to be by other means") {
    const auto told = [](const Files& files, const Json& wish) {
        const auto plan = planned(files, request({wish}, Json::array({"a"})));
        REQUIRE(plan);
        REQUIRE(plan->steps.size() == 1);
        REQUIRE(plan->steps[0].changed);
        return plan->steps[0].by_other_means;
    };
    const Json zone = set("time.timeZone", {{"string", "UTC"}});
    const Json docker = set("virtualisation.docker.enable", yes);
    CHECK_FALSE(told(two_hosts("{ }", "{ }"), zone));
    CHECK_FALSE(told(two_hosts("{ }", "{ time.timeZone = \"Europe/Oslo\"; }"), zone));
    CHECK_FALSE(
        told(two_hosts("{ }", "{ }"), add("environment.systemPackages", {{"package", "fd"}})));
    // A module that is there and sets it, and whatever else.
    auto module = two_hosts("{ }", "{ imports = [ ]; }");
    module["docker.nix"] =
        "{ virtualisation.docker.enable = true; networking.firewall.enable = false; }";
    CHECK(told(module, docker));
    // The repository's own switch.
    const auto switched = two_hosts(R"({ config, lib, ... }: {
        options.my.web.enable = lib.mkEnableOption "web";
        config = lib.mkIf config.my.web.enable { services.nginx.enable = true; };
      })",
                                    "{ }");
    CHECK(told(switched, set("services.nginx.enable", yes)));
    // A name that is computed: the one text that fits may be another's than it comes to.
    auto named = two_hosts("{ }", "{ users.users.${username} = { uid = 1; extraGroups = [ ]; }; }");
    named["vars.nix"] = "{ username = \"guest\"; }";
    CHECK(told(named, set("users.users.guest.uid", {{"integer", 7}})));
    CHECK(told(named, add("users.users.guest.extraGroups", {{"string", "wheel"}})));
    CHECK(told(named, {{"op", "unset_option"}, {"option", "users.users.guest.uid"}}));
    CHECK_FALSE(told(named, set("users.users.other.uid", {{"integer", 7}})));
    CHECK_FALSE(told(named, zone));
    // The option that the value is taken from.
    const auto source = two_hosts("{ config, ... }: { time.timeZone = config.my.zone; }",
                                  "{ my.zone = \"Europe/Oslo\"; }");
    CHECK(told(source, zone));
    // A list in a file of its own, which others may read.
    auto list = two_hosts("{ }", "{ pkgs, ... }: { environment.systemPackages = import ./list.nix "
                                 "pkgs; }");
    list["list.nix"] = "pkgs: [ pkgs.git ]";
    CHECK(told(list, add("environment.systemPackages", {{"package", "fd"}})));
}

TEST_CASE("operations that take each other back are refused") {
    const Json fd{{"package", "fd"}};
    const Json away{
        {"op", "remove_from_list"}, {"option", "environment.systemPackages"}, {"value", fd}};
    CHECK(refusal(two_hosts("{ }", "{ pkgs, ... }: { environment.systemPackages = [ pkgs.git ]; }"),
                  request({add("environment.systemPackages", fd), away}, Json::array({"a"}))) ==
          "taken_back");
}
