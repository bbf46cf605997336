/// Where not everything that a host is made of could be followed.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

const Json on_a = Json::array({"a"});

Files unread(const std::string& core, const std::string& a = "services.z = 1;") {
    auto files = two_hosts("{ }", "{ imports = [ (f ./x) ]; " + a + " }",
                           "{ imports = [ (f ./x) ]; services.z = 1; }");
    auto& flake = files["flake.nix"];
    for (auto at = flake.find(" ./common.nix"); at != flake.npos;
         at = flake.find(" ./common.nix")) {
        flake.erase(at, 13);
    }
    files.erase("common.nix");
    files["core.nix"] = core;
    return files;
}

} // namespace

TEST_CASE("nothing to do is only said where nothing that may be of the host says otherwise") {
    const auto files = unread("{ pkgs, ... }: { environment.systemPackages = [ pkgs.btop ]; "
                              "time.timeZone = \"A\"; }");
    const Json removal{{"op", "remove_from_list"},
                       {"option", "environment.systemPackages"},
                       {"value", {{"package", "btop"}}}};
    const auto plan = planned(files, request({removal}, on_a));
    REQUIRE_FALSE(plan);
    CHECK(plan.problem().code == "unread");
    CHECK(plan.problem().where == "core.nix:1");
    CHECK(refusal(files, request({{{"op", "unset_option"}, {"option", "time.timeZone"}}}, on_a)) ==
          "unread");
    Json there = removal;
    there["in"] = "core.nix";
    CHECK(edited(files, request({there}), "core.nix").find("systemPackages = [ ];") !=
          std::string::npos);
    Json other = removal;
    other["value"] = {{"package", "gone"}};
    CHECK(planned(files, request({other}, on_a))->edits.empty());
}

TEST_CASE("what all hosts shall have is not said by each where what they share is not known") {
    CHECK(refusal(unread("{ }"), request({add("environment.systemPackages", {{"package", "jq"}})},
                                         "all")) == "unread");
}

TEST_CASE("a program that a switch brings is not said to be absent from the lists") {
    const auto files = two_hosts("{ }", "{ custom.programs.steam.enable = true; }");
    const auto plan = planned(files, request({{{"op", "remove_from_list"},
                                               {"option", "environment.systemPackages"},
                                               {"value", {{"package", "steam"}}}}},
                                             on_a));
    REQUIRE_FALSE(plan);
    CHECK(plan.problem().code == "switched");
    CHECK(plan.problem().where == "a.nix:1");
    CHECK(plan.problem().hint.find("custom.programs.steam.enable") != std::string::npos);
}

TEST_CASE("a value for one file that other files of its hosts say otherwise is said over them") {
    Json wish = set("time.timeZone", {{"string", "B"}});
    wish["in"] = "a.nix";
    CHECK(edited(two_hosts("{ time.timeZone = \"A\"; }", "{ services.x = 1; }"), request({wish}),
                 "a.nix") ==
          "{ lib, ... }:\n{ services.x = 1; time.timeZone = lib.mkForce \"B\"; }");
    CHECK(edited(two_hosts("{ lib, ... }: { time.timeZone = lib.mkDefault \"A\"; }",
                           "{ services.x = 1; }"),
                 request({wish}), "a.nix") == "{ services.x = 1; time.timeZone = \"B\"; }");
    CHECK(refusal(two_hosts("{ lib, ... }: { time.timeZone = lib.mkForce \"A\"; }",
                            "{ services.x = 1; }"),
                  request({wish})) == "forced");
    CHECK(refusal(unread("{ time.timeZone = \"A\"; }"), request({wish})) == "unread");
    CHECK(refusal(two_hosts("{ time.timeZone = \"A\"; }", "{ time.timeZone = \"A\"; }"),
                  request({wish})) == "several_places");
}

TEST_CASE("what a module inside of something else says stops a plain value where not all is read") {
    auto files = two_hosts("{ }", "{ imports = [ (f 1) ]; }");
    files["base.nix"] = "{ flake.nixosModules.base = { lib, ... }: { config = lib.mkMerge [ { "
                        "time.timeZone = \"A\"; } ]; }; }";
    CHECK(refusal(files, request({set("time.timeZone", {{"string", "B"}})}, Json::array({"a"}))) ==
          "unread");
}

TEST_CASE("a text that is made of other options is not replaced") {
    CHECK(
        refusal(two_hosts("{ }", "{ config, ... }: { nix.gc.options = \"-d ${config.my.days}\"; }"),
                request({set("nix.gc.options", {{"string", "-d"}})}, Json::array({"a"}))) ==
        "variable");
}
