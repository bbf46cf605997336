/// What hosts say for themselves beside what they share.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

const Json on_a = Json::array({"a"});
const Json berlin = set("time.timeZone", {{"string", "Europe/Berlin"}});

/// A host of NixOS and one of macOS share `common`.
Files with_a_mac(const std::string& common, const std::string& a = "{ }") {
    return {{"flake.nix", R"({ outputs = { nixpkgs, darwin, ... }: {
              nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./common.nix ]; };
              darwinConfigurations.m = darwin.lib.darwinSystem { modules = [ ./common.nix ]; };
            }; })"},
            {"common.nix", common},
            {"a.nix", a}};
}

} // namespace

TEST_CASE("what a host says as its neighbours do is forced for it alone, and changed for all") {
    const auto files =
        two_hosts("{ time.timeZone = \"A\"; }", "{ lib, ... }: { time.timeZone = \"A\"; }");
    CHECK(edited(files, request({berlin}, on_a), "a.nix") ==
          "{ lib, ... }: { time.timeZone = lib.mkForce \"Europe/Berlin\"; }");
    const auto plan = planned(files, request({berlin}, "all"));
    REQUIRE(plan);
    REQUIRE(plan->edits.size() == 2);
    for (const auto& edit : plan->edits) {
        CHECK(edit.bytes.value_or("").find("time.timeZone = \"Europe/Berlin\";") !=
              std::string::npos);
    }
    CHECK(refusal(two_hosts("{ time.timeZone = \"B\"; }", "{ time.timeZone = \"A\"; }"),
                  request({berlin}, on_a)) == "several_places");
}

TEST_CASE("a value under a condition that is off does not count, and any other is said over") {
    const std::string common =
        "{ config, lib, ... }: { options.my.x.enable = lib.mkEnableOption \"\"; "
        "config = lib.mkIf config.my.x.enable { net.y = 1; }; }";
    const Json wish = set("net.y", {{"integer", 2}});
    CHECK(edited(two_hosts(common, "{ lib, ... }: { net.z = 1; }", "{ my.x.enable = true; }"),
                 request({wish}, on_a), "a.nix")
              .find("net.y = 2;") != std::string::npos);
    const auto on = edited(two_hosts(common, "{ lib, ... }: { my.x.enable = true; net.z = 1; }"),
                           request({wish}, on_a), "a.nix");
    CHECK(on.find("net.y = lib.mkForce 2;") != std::string::npos);
    CHECK(refusal(two_hosts("{ lib, ... }: { net = lib.mkIf c { y = lib.mkForce 1; }; }", "{ }"),
                  request({wish}, on_a)) == "conditional");
    CHECK(refusal(two_hosts("{ }", "{ lib, ... }: { net = lib.mkIf c { y = 1; }; }"),
                  request({wish}, on_a)) == "conditional");
}

TEST_CASE(
    "what is said of all hosts may change those that are no NixOS, and leaves none out unsaid") {
    Json removal = add("environment.systemPackages", {{"package", "rsync"}});
    removal["op"] = "remove_from_list";
    const std::string list = "{ pkgs, ... }: { environment.systemPackages = [ pkgs.rsync ]; }";
    CHECK(edited(with_a_mac(list), request({removal}, "all"), "common.nix").find("rsync") ==
          std::string::npos);
    CHECK(refusal(with_a_mac(list), request({removal}, on_a)) == "shared");
    CHECK(edited(with_a_mac("{ x.y = 1; }"), request({set("x.y", {{"integer", 2}})}, "all"),
                 "common.nix") == "{ x.y = 2; }");
    const auto plan =
        planned(with_a_mac("{ }", list),
                request({add("environment.systemPackages", {{"package", "htop"}})}, "all"));
    REQUIRE(plan);
    REQUIRE(plan->steps.size() == 1);
    REQUIRE(plan->steps.front().notes.size() == 1);
    CHECK(plan->steps.front().notes.front().starts_with("not on m:"));
}

TEST_CASE("a login shell is said to need its program") {
    const Json shell = set("users.users.bob.shell", {{"package", "zsh"}});
    const auto notes = [&](const std::string& common, const std::vector<Json>& wishes) {
        const auto plan =
            planned(two_hosts(common, "{ users.users.bob.x = 1; }"), request(wishes, on_a));
        REQUIRE(plan);
        return plan->steps.front().notes.size();
    };
    CHECK(notes("{ }", {shell}) == 1);
    CHECK(notes("{ programs.zsh.enable = true; }", {shell}) == 0);
    CHECK(notes("{ }", {shell, set("programs.zsh.enable", yes)}) == 0);
    CHECK(notes("{ }", {set("users.users.bob.shell", {{"package", "bash"}})}) == 0);
}

TEST_CASE("a refusal of an edit says the file") {
    const auto plan =
        planned(two_hosts("{ }", "{ environment.systemPackages = f 1; }"),
                request({add("environment.systemPackages", {{"package", "x"}})}, on_a));
    REQUIRE_FALSE(plan);
    CHECK(plan.problem().message.starts_with("a.nix, line 1"));
    CHECK(plan.problem().where.starts_with("a.nix:1:"));
}

TEST_CASE("an import that stands by its name is taken out, and its neighbour put there") {
    auto files = two_hosts("{ }", "{ flake, ... }: {\n  imports = [\n    ./own.nix\n  ] ++ (with "
                                  "flake.nixosModules; [\n    u\n    w\n  ]);\n}\n");
    files["own.nix"] = files["mods/u.nix"] = files["mods/v.nix"] = files["mods/w.nix"] = "{ }";
    files["mods/default.nix"] =
        "{ flake.nixosModules = { u = ./u.nix; v = ./v.nix; w = ./w.nix; }; }";
    const Json import{{"op", "add_import"}, {"module", "mods/v.nix"}};
    CHECK(edited(files, request({import}, on_a), "a.nix") ==
          "{ flake, ... }: {\n  imports = [\n    ./own.nix\n  ] ++ (with flake.nixosModules; [\n"
          "    u\n    w\n    v\n  ]);\n}\n");
}

TEST_CASE("a value that is taken from an option of NixOS is said for itself") {
    const auto files = two_hosts("{ }", R"({ config, ... }: {
      virtualisation.docker.enable = true;
      virtualisation.docker.autoPrune.enable = config.virtualisation.docker.enable;
    })");
    CHECK(refusal(files,
                  request({set("virtualisation.docker.autoPrune.enable", {{"boolean", false}})},
                          Json::array({"a"}))) == "variable");
}
