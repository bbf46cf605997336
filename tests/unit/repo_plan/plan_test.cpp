#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

TEST_CASE("what is so already is not edited") {
    const auto files = two_hosts("{ services.x.enable = true; }", "{ }");
    const auto plan = planned(files, request({set("services.x.enable", yes)}, "all"));
    REQUIRE(plan.has_value());
    CHECK(plan->edits.empty());
    CHECK_FALSE(plan->steps.at(0).changed);
}

TEST_CASE("an executable file is edited as one, and a new one is not") {
    struct Tree final : proposals::TreeReader {
        explicit Tree(const MemoryTree& all) : all_(all) {}
        std::optional<proposals::TreeEntry> find(std::string_view path) const override {
            auto entry = all_.find(path);
            if (entry && path == "m.nix") {
                entry->mode = proposals::FileMode::executable;
            }
            return entry;
        }
        std::optional<std::string> read(std::string_view path) const override {
            return all_.read(path);
        }
        const MemoryTree& all_;
    };
    const Files texts{{"flake.nix", "{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = "
                                    "nixpkgs.lib.nixosSystem { modules = [ ./m.nix ]; }; }; }"},
                      {"m.nix", "{\n  imports = [ ];\n  time.timeZone = \"UTC\";\n}\n"}};
    const MemoryTree all(texts);
    const Tree tree(all);
    proposals::map::Files files(tree, all.paths());
    const auto known = proposals::map::make_map(files);
    REQUIRE(known);
    const Json ssh{{"op", "create_module"},
                   {"module", "ssh.nix"},
                   {"settings", {{{"option", "services.openssh.enable"}, {"value", yes}}}}};
    const auto plan = proposals::plan::make_plan(
        files, *known, proposals::plan::request_from_json(request({ssh})).value());
    REQUIRE(plan);
    REQUIRE(plan->edits.size() == 2);
    CHECK(plan->edits[0].path == "m.nix");
    CHECK(plan->edits[0].mode == proposals::FileMode::executable);
    CHECK(plan->edits[1].mode == proposals::FileMode::file);
}

TEST_CASE("the binding that wins is changed where it is the host's alone") {
    const auto files = two_hosts("{ lib, ... }: { time.timeZone = lib.mkDefault \"UTC\"; }",
                                 "{ time.timeZone = \"Europe/Paris\"; }");
    const Json wish = set("time.timeZone", {{"string", "Europe/Berlin"}});
    CHECK(edited(files, request({wish}, Json::array({"a"})), "a.nix") ==
          "{ time.timeZone = \"Europe/Berlin\"; }");
    // b has only the default: it says otherwise for itself, and the default stays.
    CHECK(edited(files, request({wish}, Json::array({"b"})), "b.nix") ==
          "{\n  time.timeZone = \"Europe/Berlin\";\n}");
}

TEST_CASE("a host is never changed by what is asked for another") {
    const auto files = two_hosts("{ boot.loader.timeout = 10; }", "{ boot.tmp = { }; }");
    const Json wish = set("boot.loader.timeout", {{"integer", 3}});
    CHECK(edited(files, request({wish}, Json::array({"a"})), "a.nix") ==
          "{ lib, ... }:\n{ boot.tmp = { }; boot.loader.timeout = lib.mkForce 3; }");
    CHECK(edited(files, request({wish}), "common.nix") == "{ boot.loader.timeout = 3; }");
    const auto forced = two_hosts("{ lib, ... }: { boot.loader.timeout = lib.mkForce 10; }", "{ }");
    CHECK(refusal(forced, request({wish}, Json::array({"a"}))) == "forced");
    Json unset{{"op", "unset_option"}, {"option", "boot.loader.timeout"}};
    CHECK(refusal(files, request({unset}, Json::array({"a"}))) == "shared");
    Json removal{{"op", "remove_from_list"}, {"option", "x.y"}, {"value", {{"integer", 1}}}};
    CHECK(refusal(two_hosts("{ x.y = [ 1 ]; }", "{ }"), request({removal}, Json::array({"a"}))) ==
          "shared");
}

TEST_CASE("what cannot be looked into is not taken for nothing") {
    const Json wish = set("services.x.port", {{"integer", 3}});
    const auto refused = [&](const std::string& text) {
        return refusal(two_hosts("{ }", text), request({wish}, Json::array({"a"})));
    };
    CHECK(refused("{ lib, ... }: { config = lib.mkIf x { services.x.port = 1; }; }") ==
          "conditional");
    CHECK(refused("{ f, ... }: { services = f { x.port = 1; }; }") == "opaque");
    CHECK(refused("{ n, ... }: { services.${n}.port = 1; }") == "opaque");
    CHECK(refused("{ p, ... }: { services.x.port = p; }") == "variable");
    CHECK(refused("{ services.x.port = 1; imports = [ { services.x.port = 2; } ]; }") ==
          "several_places");
    auto files = two_hosts("{ }", "{ }");
    auto& flake = files["flake.nix"];
    flake.replace(flake.find("./b.nix"), 7, "./b.nix { services.x.port = 1; }");
    CHECK(refusal(files, request({wish}, Json::array({"b"}))) == "opaque");
    CHECK(edited(files, request({wish}, Json::array({"a"})), "a.nix").find("port = 3") !=
          std::string::npos);
}

TEST_CASE("the repository's own switch and its own module come before a new binding") {
    auto files = two_hosts(R"({ config, lib, ... }: let cfg = config.my.x; in {
        options.my.x.enable = lib.mkEnableOption "x";
        config = lib.mkIf cfg.enable { services.x.enable = true; };
      })",
                           "{ my.other = 1; }");
    CHECK(edited(files, request({set("services.x.enable", yes)}, Json::array({"a"})), "a.nix") ==
          "{ my.other = 1; my.x.enable = true; }");

    files = two_hosts("{ }", "{\n  imports = [\n    ./mods/w.nix\n  ];\n}\n");
    files["mods/w.nix"] = "{ }";
    files["mods/x.nix"] = "{ services.x.enable = true; }";
    CHECK(edited(files, request({set("services.x.enable", yes)}, Json::array({"a"})), "a.nix") ==
          "{\n  imports = [\n    ./mods/w.nix\n    ./mods/x.nix\n  ];\n}\n");
}

TEST_CASE("an element goes into the list that the hosts share, or into their own") {
    const auto files =
        two_hosts("{ pkgs, ... }: { environment.systemPackages = with pkgs; [ git ]; }",
                  "{ environment.etc = { }; }");
    const Json wish = add("environment.systemPackages", {{"package", "htop"}});
    CHECK(edited(files, request({wish}), "common.nix") ==
          "{ pkgs, ... }: { environment.systemPackages = with pkgs; [ git htop ]; }");
    CHECK(edited(files, request({wish}, Json::array({"a"})), "a.nix") ==
          "{ pkgs, ... }:\n{ environment.etc = { }; environment.systemPackages = [ pkgs.htop ]; }");
    const auto there =
        planned(files, request({add("environment.systemPackages", {{"package", "git"}})},
                               Json::array({"a"})));
    REQUIRE(there.has_value());
    CHECK(there->edits.empty());
    // A list of another priority would hide one that is said beside it.
    CHECK(refusal(two_hosts("{ lib, ... }: { x.y = lib.mkDefault [ 1 ]; }", "{ }"),
                  request({add("x.y", {{"integer", 2}})}, Json::array({"a"}))) == "forced");
}

TEST_CASE("modules are imported beside their neighbours, dropped, and made") {
    auto files = two_hosts("{ imports = [ ./parts/u.nix ]; }", "{ imports = [ ./parts/v.nix ]; }");
    for (const char* name : {"u", "v", "w"}) {
        files["parts/" + std::string(name) + ".nix"] = "{ }";
    }
    const Json import{{"op", "add_import"}, {"module", "w"}};
    CHECK(edited(files, request({import}, Json::array({"a"})), "a.nix") ==
          "{ imports = [ ./parts/v.nix ./parts/w.nix ]; }");
    const Json drop{{"op", "remove_import"}, {"module", "parts/v.nix"}};
    CHECK(edited(files, request({drop}, Json::array({"a"})), "a.nix") == "{ imports = [ ]; }");
    const Json shared{{"op", "remove_import"}, {"module", "u"}};
    CHECK(refusal(files, request({shared}, Json::array({"a"}))) == "shared");
    const Json made{{"op", "create_module"},
                    {"module", "parts/x"},
                    {"settings", {{{"option", "services.x.enable"}, {"value", yes}}}}};
    const auto plan = planned(files, request({made}, Json::array({"b"})));
    REQUIRE(plan.has_value());
    REQUIRE(plan->edits.size() == 2);
    CHECK(*plan->edits.at(0).bytes == "{\n  imports = [ ./parts/x.nix ];\n}");
    CHECK(*plan->edits.at(1).bytes == "{\n  services.x.enable = true;\n}\n");
    CHECK(refusal(files, request({{{"op", "create_module"},
                                   {"module", "parts/u"},
                                   {"settings", made.at("settings")}}})) == "exists");
}

TEST_CASE("all operations are planned, or none") {
    const auto files = two_hosts("{ }", "{ }");
    CHECK(refusal(files, request({set("x.y", yes), {{"op", "add_import"}, {"module", "gone"}}},
                                 Json::array({"a"}))) == "no_such_module");
    CHECK(refusal(files, request({set("x.y", yes)}, Json::array({"c"}))) == "no_such_host");
    const Json both = request({set("x.y", yes), set("x.z", yes)}, Json::array({"a"}));
    CHECK(edited(files, both, "a.nix").find("x.z = true;") != std::string::npos);
}

TEST_CASE("operations that say more than is known are refused") {
    const auto code = [](const Json& json) {
        const auto read = proposals::plan::request_from_json(json);
        return read ? std::string() : read.problem().code;
    };
    Json strange = set("x.y", yes);
    strange["file"] = "a.nix";
    CHECK(code(request({strange})) == "unknown_field");
    CHECK(code(request({{{"op", "run"}, {"module", "x"}}})) == "bad_value");
    CHECK(code(request({{{"op", "add_import"}, {"module", "../../etc"}}})) == "bad_value");
    CHECK(code(request({{{"op", "add_input"}, {"input", "a"}, {"url", "no address"}}})) ==
          "bad_value");
    CHECK(code(request({})) != "");
}
