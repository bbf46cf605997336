/// What stands under a condition that is a switch of the repository's own.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

/// `services.x.port` under the module's own switch; `extra` is what host a says.
Files switched(const std::string& a, const std::string& b = "{ my.x.enable = true; }") {
    return two_hosts(R"({ config, lib, ... }: let cfg = config.my.x; in {
        options.my.x.enable = lib.mkEnableOption "x";
        config = lib.mkIf cfg.enable { services.x.port = 1; };
      })",
                     a, b);
}
const Json port = set("services.x.port", {{"integer", 2}});

} // namespace

TEST_CASE("the one value of a module under its own switch is changed in place") {
    const auto files = switched("{ my.x.enable = true; }");
    for (const Json& hosts : {Json(), Json("all")}) {
        const auto plan = planned(files, request({port}, hosts));
        REQUIRE(plan);
        REQUIRE(plan->edits.size() == 1);
        CHECK(plan->edits.front().path == "common.nix");
        CHECK(plan->edits.front().bytes->find("services.x.port = 2;") != std::string::npos);
        REQUIRE(plan->steps.front().notes.size() == 1);
        CHECK(plan->steps.front().notes.front() == "it holds where my.x.enable is on");
    }
}

TEST_CASE("a value under a switch is not changed for one of several hosts, nor where none is on") {
    CHECK(edited(switched("{ my.x.enable = true; }"), request({port}, Json::array({"a"})), "a.nix")
              .find("services.x.port = lib.mkForce 2;") != std::string::npos);
    CHECK(refusal(switched("{ }", "{ }"), request({port})) == "conditional");
    CHECK(refusal(switched("{ my.x.enable = false; }", "{ }"), request({port})) == "conditional");
    auto twice = switched("{ my.x.enable = true; }");
    twice["common.nix"] = R"({ config, lib, ... }: let cfg = config.my.x; in {
        options.my.x.enable = lib.mkEnableOption "x";
        config = lib.mkIf cfg.enable (lib.mkMerge [ { services.x.port = 1; }
          (lib.mkIf cfg.other { services.x.port = 3; }) ]);
      })";
    CHECK(refusal(twice, request({port})) == "conditional");
}

TEST_CASE("a switch that is on unless somebody says otherwise is no condition") {
    const auto files = two_hosts(R"({ config, lib, ... }: let cfg = config.my.base; in {
        options.my.base.enable = lib.mkEnableOption "x" // { default = true; };
        config = lib.mkIf cfg.enable { time.timeZone = "A"; };
      })",
                                 "{ lib, ... }: { }");
    const Json zone = set("time.timeZone", {{"string", "B"}});
    CHECK(edited(files, request({zone}, "all"), "common.nix").find("time.timeZone = \"B\"") !=
          std::string::npos);
    CHECK(edited(files, request({zone}, Json::array({"a"})), "a.nix")
              .find("time.timeZone = lib.mkForce \"B\";") != std::string::npos);
}

TEST_CASE("a part of something else is no switch of what it brings along") {
    auto files = two_hosts(R"({ config, lib, ... }: let cfg = config.my.desktop; in {
        options.my.desktop.enable = lib.mkEnableOption "x";
        options.my.desktop.laptop = lib.mkEnableOption "y";
        config = lib.mkIf cfg.enable (lib.mkMerge [ { a.b = 1; } (lib.mkIf cfg.laptop {
          hardware.bluetooth.enable = true; services.blueman.enable = true; }) ]);
      })",
                           "{ boot.x = 1; }");
    CHECK(
        edited(files, request({set("hardware.bluetooth.enable", yes)}, Json::array({"a"})), "a.nix")
            .find("hardware.bluetooth.enable = true;") != std::string::npos);
}

TEST_CASE("an option that is named is set, and not what brings it along with other things") {
    auto files = two_hosts(R"({ config, lib, ... }: let cfg = config.my.server; in {
        options.my.server.enable = lib.mkEnableOption "x";
        config = lib.mkIf cfg.enable { nix.gc.automatic = true; services.openssh = {
          enable = true; settings.PermitRootLogin = "no"; }; };
      })",
                           "{ boot.x = 1; }", "{ my.server.enable = true; }");
    const auto set_on_a = [&](const std::string& option, const Json& value) {
        return edited(files, request({set(option, value)}, Json::array({"a"})), "a.nix");
    };
    CHECK(set_on_a("nix.gc.automatic", yes).find("nix.gc.automatic = true;") != std::string::npos);
    CHECK(set_on_a("services.openssh.settings.PermitRootLogin", {{"string", "no"}})
              .find("my.server") == std::string::npos);
    CHECK(set_on_a("services.openssh.enable", yes).find("my.server") == std::string::npos);
}

TEST_CASE("an option of a module that the host is not made of is not set there") {
    auto files = two_hosts("{ }", "{ boot.x = 1; }", "{ imports = [ ./games.nix ]; }");
    files["games.nix"] = "{ lib, ... }: { options.my.games.enable = lib.mkEnableOption \"x\"; }";
    CHECK(refusal(files, request({set("my.games.enable", yes)}, Json::array({"a"}))) ==
          "not_declared");
    CHECK(edited(files, request({set("my.games.enable", yes)}, Json::array({"b"})), "b.nix") != "");
}
