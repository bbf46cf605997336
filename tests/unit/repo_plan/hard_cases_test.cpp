/// The table of hard cases, as far as it is about which file: a row, a test.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {
const Json on_a = Json::array({"a"});
const Json zone = set("time.timeZone", {{"string", "C"}});
const Json htop = add("environment.systemPackages", {{"package", "htop"}});
} // namespace

TEST_CASE("row: value exists under a condition: the host says it for itself") {
    const auto files = two_hosts(
        "{ lib, config, ... }: { config = lib.mkIf config.x.y { time.timeZone = \"A\"; }; }",
        "{ lib, ... }: { time.z = 1; }");
    const auto plan = planned(files, request({zone}, on_a));
    REQUIRE(plan);
    REQUIRE(plan->edits.size() == 1);
    CHECK(plan->edits.front().path == "a.nix");
    CHECK(plan->edits.front().bytes->find("lib.mkForce \"C\"") != std::string::npos);
    CHECK(plan->steps.front().how.find("common.nix:1") != std::string::npos);
    CHECK(refusal(files, request({zone})) == "conditional");
}

TEST_CASE("row: value is a variable of another file") {
    auto files = two_hosts("{ vars, ... }: { time.timeZone = vars.timeZone; }", "{ }");
    files["vars.nix"] = "{ timeZone = \"A\"; }";
    const auto plan = planned(files, request({zone}));
    if (plan) {
        REQUIRE(plan->edits.size() == 1);
        CHECK(plan->edits.front().path == "vars.nix");
    } else {
        CHECK(plan.problem().code == "variable");
        CHECK(plan.problem().where.starts_with("common.nix:1:"));
    }
}

TEST_CASE("row: list options set in several files of the host") {
    const std::string list = "{ pkgs, ... }: { environment.systemPackages = [ pkgs.git ]; }";
    CHECK(edited(two_hosts(list, list), request({htop}, on_a), "a.nix").find("pkgs.htop") !=
          std::string::npos);
    CHECK(edited(two_hosts(list, "{ }"), request({htop}, "all"), "common.nix").find("pkgs.htop") !=
          std::string::npos);
    Json removal = add("environment.systemPackages", {{"package", "git"}});
    removal["op"] = "remove_from_list";
    const auto plan = planned(two_hosts(list, list), request({removal}, "all"));
    REQUIRE(plan);
    CHECK(plan->edits.size() == 2);
}

TEST_CASE("row: scalar set in several files") {
    CHECK(edited(two_hosts("{ lib, ... }: { time.timeZone = lib.mkDefault \"A\"; }",
                           "{ time.timeZone = \"B\"; }"),
                 request({zone}, on_a), "a.nix") == "{ time.timeZone = \"C\"; }");
    CHECK(edited(two_hosts("{ time.timeZone = \"A\"; }",
                           "{ lib, ... }: { time.timeZone = lib.mkForce \"B\"; }"),
                 request({zone}, on_a),
                 "a.nix") == "{ lib, ... }: { time.timeZone = lib.mkForce \"C\"; }");
}

TEST_CASE("row: new file in a git flake") {
    const auto plan = planned(two_hosts("{ }", "{ imports = [ ]; }"),
                              request({{{"op", "create_module"},
                                        {"module", "new.nix"},
                                        {"settings", {{{"option", "a.b"}, {"value", yes}}}}}},
                                      on_a));
    REQUIRE(plan);
    REQUIRE(plan->steps.front().notes.size() == 1);
    CHECK(plan->steps.front().notes.front().find("once git knows of it") != std::string::npos);
}

TEST_CASE("row: secret-bearing option") {
    for (const std::string option :
         {"users.users.bob.password", "users.users.bob.initialPassword", "services.x.apiToken",
          "networking.wireless.networks.home.psk"}) {
        CAPTURE(option);
        CHECK(refusal(two_hosts("{ }", "{ }"),
                      request({set(option, {{"string", "hunter2"}})}, on_a)) == "secret");
    }
    CHECK(edited(two_hosts("{ }", "{ }"),
                 request({set("services.x.secret", {{"string", "/run/secrets/x"}})}, on_a),
                 "a.nix") != "");
    CHECK(edited(two_hosts("{ }", "{ }"),
                 request({set("services.x.passwordFile", {{"string", "/run/x"}})}, on_a),
                 "a.nix") != "");
}

TEST_CASE("a part of settings that are said as a whole is not said elsewhere") {
    const std::string whole = "{ lib, ... }: { services.openssh.settings = lib.mkDefault { "
                              "PasswordAuthentication = false; PermitRootLogin = \"no\"; }; }";
    const Json root = set("services.openssh.settings.PermitRootLogin", {{"string", "yes"}});
    const Json x11 = set("services.openssh.settings.X11Forwarding", {{"boolean", false}});
    CHECK(edited(two_hosts(whole, "{ }"), request({root}, "all"), "common.nix")
              .find("PermitRootLogin = \"yes\"; }") != std::string::npos);
    CHECK(refusal(two_hosts(whole, "{ services.openssh.enable = true; }"), request({root}, on_a)) ==
          "whole");
    CHECK(refusal(two_hosts(whole, "{ services.openssh.enable = true; }"), request({x11}, on_a)) ==
          "whole");
}

TEST_CASE("one value is not put where a list stands") {
    const auto files = two_hosts("{ }", "{ users.users.u.extraGroups = [ \"wheel\" ]; }");
    CHECK(refusal(files, request({set("users.users.u.extraGroups", {{"string", "x"}})}, on_a)) ==
          "other_kind");
    CHECK(refusal(files, request({set("networking.nameservers", {{"string", "x"}})}, on_a)) ==
          "other_kind");
}

TEST_CASE("what else opens a port, and a firewall that is off, is said") {
    Json close = add("networking.firewall.allowedTCPPorts", {{"integer", 22}});
    const auto notes = [&](const std::string& a, const Json& wish) {
        const auto plan = planned(two_hosts("{ }", a), request({wish}, on_a));
        REQUIRE(plan);
        return plan->steps.front().notes;
    };
    CHECK(notes("{ networking.firewall.enable = false; networking.x = 1; }", close).size() == 1);
    close["op"] = "remove_from_list";
    CHECK(notes("{ services.openssh.enable = true; networking.firewall = { allowedTCPPorts = [ 22 "
                "]; allowedUDPPorts = [ 22 ]; }; }",
                close)
              .size() == 2);
}

TEST_CASE("a package of another list is said to be there") {
    const auto files =
        two_hosts("{ }", "{ pkgs, ... }: { users.users.bob.packages = with pkgs; [ tree ]; }");
    Json removal = add("environment.systemPackages", {{"package", "tree"}});
    removal["op"] = "remove_from_list";
    const auto plan = planned(files, request({removal}, on_a));
    REQUIRE_FALSE(plan);
    CHECK(plan.problem().code == "elsewhere");
    CHECK(plan.problem().message.find("users.users.bob.packages at a.nix:1") != std::string::npos);
}

TEST_CASE("what cannot be meant is refused: two values, a part of a value, a text for a number") {
    const auto files =
        two_hosts("{ }", "{ time.timeZone = \"A\"; a.limit = 30; b.enable = true; }");
    const Json utc = set("time.timeZone", {{"string", "B"}});
    CHECK(refusal(files, request({zone, utc}, on_a)) == "contradiction");
    CHECK(planned(files, request({zone, zone}, on_a)).has_value());
    CHECK(refusal(files, request({set("time.timeZone.x", yes)}, on_a)) == "other_kind");
    CHECK(refusal(files, request({set("a.limit", {{"string", "10"}})}, on_a)) == "other_kind");
    CHECK(refusal(files, request({set("b.enable", {{"string", "true"}})}, on_a)) == "other_kind");
    CHECK(edited(files, request({set("a.limit", {{"string", "auto"}})}, on_a), "a.nix") != "");
}

TEST_CASE("a part of a home is no module of a system, and a flake is none") {
    auto files = two_hosts("{ }", "{ home-manager.users.u = import ./u.nix; }");
    files["u.nix"] = "{ imports = [ ./git.nix ]; }";
    files["git.nix"] = "{ }";
    CHECK(refusal(files, request({{{"op", "add_import"}, {"module", "git.nix"}}}, on_a)) ==
          "of_a_home");
    CHECK(refusal(files, request({{{"op", "add_import"}, {"module", "flake.nix"}}}, on_a)) ==
          "no_such_module");
}
