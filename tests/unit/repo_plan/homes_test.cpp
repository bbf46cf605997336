/// What a host and the homes of its own users share.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

/// One host `a` whose variables are read by its user's home too, and another host `b`.
Files with_home(const std::string& variables) {
    return {{"flake.nix", R"({ outputs = { nixpkgs, ... }: { nixosConfigurations = {
        a = nixpkgs.lib.nixosSystem { modules = [ ./a ./common.nix ]; };
        b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ./common.nix ]; };
      }; }; })"},
            {"common.nix", "{ config, ... }: { time.timeZone = config.var.zone; }"},
            {"b.nix", "{ var.zone = \"B\"; }"},
            {"a/default.nix", "{ imports = [ ./variables.nix ]; services.x.y = 1; "
                              "home-manager.users.u = import ./home.nix; }"},
            {"a/home.nix", "{ imports = [ ./variables.nix ]; }"},
            {"a/variables.nix", variables}};
}

} // namespace

TEST_CASE("a file that a host shares with its own users' homes is the host's alone") {
    const auto files = with_home("{ lib, ... }: { config.var = { zone = \"A\"; }; options.var = "
                                 "lib.mkOption { type = lib.types.attrs; default = { }; }; }");
    const Json zone = set("time.timeZone", {{"string", "Europe/Rome"}});
    CHECK(edited(files, request({zone}, Json::array({"a"})), "a/variables.nix") ==
          "{ lib, ... }: { config.var = { zone = \"Europe/Rome\"; }; options.var = "
          "lib.mkOption { type = lib.types.attrs; default = { }; }; }");
}

TEST_CASE("what a user's home has of its own is not changed for another user") {
    auto files = with_home("{ programs.git.enable = true; }");
    files["a/default.nix"] = "{ home-manager.users.u = import ./home.nix; "
                             "home-manager.users.v = import ./home.nix; }";
    Json git = set("programs.git.enable", {{"boolean", false}});
    git["user"] = "u";
    const auto plan = planned(files, request({git}, Json::array({"a"})));
    CHECK((!plan || plan->edits.front().path != "a/variables.nix"));
}

TEST_CASE("an option of NixOS is not put into a file that homes are made of too") {
    auto files = with_home("{ var.zone = \"A\"; services.z.enable = true; }");
    files["a/default.nix"] = "{ imports = [ ./variables.nix ]; home-manager.users.u = import "
                             "./home.nix; }";
    CHECK(edited(files, request({set("services.z.port", {{"integer", 1}})}, Json::array({"a"})),
                 "a/default.nix")
              .find("services.z.port = 1;") != std::string::npos);
}

TEST_CASE("a value below a set of no known parts is not forced") {
    auto files = two_hosts("{ lib, config, ... }: { options.var = lib.mkOption { type = "
                           "lib.types.attrs; }; config = { var.zone = \"A\"; time.timeZone = "
                           "config.var.zone; }; }",
                           "{ services.x = 1; }");
    for (const char* option : {"var.zone", "time.timeZone"}) {
        CAPTURE(option);
        const auto plan =
            planned(files, request({set(option, {{"string", "Europe/Rome"}})}, Json::array({"a"})));
        REQUIRE_FALSE(plan);
        CHECK(plan.problem().code == "shared");
        CHECK(plan.problem().where == "common.nix:1");
    }
}

TEST_CASE("a new module for a user sets nothing of the system, by its names or by its place") {
    const auto module = [](const char* option) {
        return Json{
            {"op", "create_module"},
            {"module", "modules/x"},
            {"user", "u"},
            {"settings", Json::array({Json{{"option", option}, {"value", {{"boolean", true}}}}})}};
    };
    auto files = with_home("{ }");
    files["common.nix"] = "{ lib, ... }: { imports = map (n: ./modules + \"/${n}\") "
                          "(builtins.attrNames (builtins.readDir ./modules)); }";
    files["modules/y.nix"] = "{ }";
    files["flake.nix"].replace(files["flake.nix"].find(" ./common.nix ]; };\n        b"), 13, "");
    files["a/default.nix"] = "{ imports = [ ../common.nix ]; home-manager.users.u = import "
                             "./home.nix; }";
    const auto hosts = Json::array({"a", "b"});
    CHECK(refusal(files, request({module("security.sudo.enable")}, hosts)) == "not_of_a_user");
    CHECK(refusal(files, request({module("programs.bash.enable")}, hosts)) == "shared");
}

TEST_CASE("a host that speaks of a user's home takes what is new for that user") {
    auto files =
        two_hosts("{ }", "{\n  boot.x = 1;\n  home-manager.users.u.imports = [ ./u.nix ];\n}\n",
                  "{ home-manager.users.u.imports = [ ./u.nix ]; }");
    files["u.nix"] = "{ home.x = 1; }";
    Json wish = add("home.packages", {{"package", "htop"}});
    wish["user"] = "u";
    const auto text = edited(files, request({wish}, Json::array({"a"})), "a.nix");
    CHECK(text.find("home-manager.users.u.home.packages = [ pkgs.htop ];") != std::string::npos);
    CHECK(text.starts_with("{ pkgs, ... }:"));
}

TEST_CASE("what is for one user goes into no home that all users have") {
    auto files = with_home("{ var.zone = \"A\"; }");
    files["a/default.nix"] = "{ home-manager.sharedModules = [ ./all.nix ]; home-manager.users.u = "
                             "import ./home.nix; home-manager.users.root = { }; }";
    files["a/all.nix"] = "{ programs.bash.enable = true; home.x = 1; xdg.y = 1; fonts.z = 1; }";
    files["a/home.nix"] = "{ programs.git.enable = true; }";
    Json star = set("programs.starship.enable", yes);
    star["user"] = "u";
    const auto plan = planned(files, request({star}));
    CHECK((!plan || plan->edits.front().path == "a/home.nix"));
}

TEST_CASE("homes of the same user without NixOS are his, where no host is named") {
    Files files{{"flake.nix", R"({ outputs = { nixpkgs, home-manager, ... }: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
        nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
        homeConfigurations.u-work = home-manager.lib.homeManagerConfiguration {
          modules = [ ./home.nix ];
        };
      }; })"},
                {"a.nix", "{ home-manager.users.u = import ./home.nix; }"},
                {"home.nix", "{ pkgs, ... }: { home.packages = [ pkgs.fd ]; }"}};
    Json jq = add("home.packages", {{"package", "jq"}});
    jq["user"] = "u";
    CHECK(edited(files, request({jq}), "home.nix").find("pkgs.fd pkgs.jq") != std::string::npos);
    const auto named = planned(files, request({jq}, Json::array({"a"})));
    CHECK((!named || named->edits.front().path != "home.nix"));
}

TEST_CASE("a host is told from another kind of the same name") {
    Files files{{"flake.nix", R"({ outputs = { nixpkgs, darwin, ... }: {
        darwinConfigurations.b = darwin.lib.darwinSystem { modules = [ ./mac.nix ]; };
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
        nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; };
      }; })"},
                {"a.nix", "{ imports = [ ./x.nix ]; }"},
                {"b.nix", "{ }"},
                {"mac.nix", "{ }"},
                {"x.nix", "{ }"}};
    CHECK(edited(files,
                 request({Json{{"op", "remove_import"}, {"module", "x.nix"}}}, Json::array({"a"})),
                 "a.nix") != "");
}
