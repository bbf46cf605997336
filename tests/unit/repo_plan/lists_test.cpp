/// Lists that stand elsewhere than the option that they are of.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

const Json htop = add("environment.systemPackages", {{"package", "htop"}});
const Json gone{{"op", "remove_from_list"},
                {"option", "environment.systemPackages"},
                {"value", {{"package", "git"}}}};

Files listed(const std::string& value, const std::string& list) {
    auto files = two_hosts("{ }", "{ pkgs, ... }: { environment.systemPackages = " + value + "; }");
    files["packages.nix"] = list;
    return files;
}

} // namespace

TEST_CASE("a list that is a file of its own is edited there") {
    const auto on_a = request({htop}, Json::array({"a"}));
    for (const auto& [value, list, wanted] : std::vector<std::array<std::string, 3>>{
             {"import ./packages.nix { inherit pkgs; }", "{ pkgs }: with pkgs; [ git ]",
              "{ pkgs }: with pkgs; [ git htop ]"},
             {"import ./packages.nix pkgs", "pkgs: [\n  pkgs.git\n]\n",
              "pkgs: [\n  pkgs.git\n  pkgs.htop\n]\n"},
             {"(import ./packages.nix) { inherit pkgs; }",
              "{ pkgs, ... }:\nlet x = 1; in with pkgs; [ git ]",
              "{ pkgs, ... }:\nlet x = 1; in with pkgs; [ git htop ]"},
             {"pkgs.callPackage ./packages.nix { }", "{ pkgs }: [ pkgs.git ]",
              "{ pkgs }: [ pkgs.git pkgs.htop ]"}}) {
        CAPTURE(value);
        CHECK(edited(listed(value, list), on_a, "packages.nix") == wanted);
        const auto removed =
            edited(listed(value, list), request({gone}, Json::array({"a"})), "packages.nix");
        CHECK(removed.find("git") == std::string::npos);
    }
    auto by_let = listed("", "{ pkgs }: [ pkgs.git ]");
    by_let["a.nix"] = "{ pkgs, ... }: let all = import ./packages.nix { inherit pkgs; }; in { "
                      "environment.systemPackages = all; }";
    CHECK(edited(by_let, on_a, "packages.nix") == "{ pkgs }: [ pkgs.git pkgs.htop ]");
}

TEST_CASE("a file with a list that other hosts read too is not edited for one") {
    auto files = listed("import ./packages.nix { inherit pkgs; }", "{ pkgs }: with pkgs; [ git ]");
    files["b.nix"] = files["a.nix"];
    CHECK(refusal(files, request({gone}, Json::array({"a"}))) == "shared");
    const auto plan = planned(files, request({htop}, Json::array({"a"})));
    CHECK((!plan || plan->edits.front().path != "packages.nix"));
    const auto all = planned(files, request({htop}, "all"));
    REQUIRE(all);
    REQUIRE(all->edits.size() == 1);
    CHECK(all->edits.front().path == "packages.nix");
    CHECK(*all->edits.front().bytes == "{ pkgs }: with pkgs; [ git htop ]");
}

TEST_CASE("a file that is no list for itself is refused by its place") {
    const auto on_a = request({htop}, Json::array({"a"}));
    for (const char* list : {"{ pkgs }: f pkgs", "{ pkgs }: { }", "{ }: [ ]"}) {
        CAPTURE(list);
        const auto plan = planned(listed("import ./packages.nix { inherit pkgs; }", list), on_a);
        REQUIRE_FALSE(plan);
        CHECK(plan.problem().where.find("packages.nix:1") == 0);
    }
}

TEST_CASE("thousands of definitions of one list in a file are read once, and edited once") {
    std::string many = "{ pkgs, ... }: lib.mkMerge [\n";
    for (int i = 0; i < 4'000; ++i) {
        many += "  { environment.systemPackages = [ pkgs.p" + std::to_string(i) + " ]; }\n";
    }
    const auto files = two_hosts("{ }", many + "]\n");
    const Json on_a = Json::array({"a"});
    const Json wish = add("environment.systemPackages", {{"package", "htop"}});
    CHECK(edited(files, request({wish}, on_a), "a.nix").find("[ pkgs.p0 pkgs.htop ]") !=
          std::string::npos);
    Json removal = add("environment.systemPackages", {{"package", "p2000"}});
    removal["op"] = "remove_from_list";
    CHECK(edited(files, request({removal}, on_a), "a.nix").find("p2000 ") == std::string::npos);
    removal["value"] = {{"package", "p4000"}};
    CHECK(planned(files, request({removal}, on_a))->edits.empty());
}

TEST_CASE("a port that is open by something else than the list is not said to be closed") {
    const Json close{{"op", "remove_from_list"},
                     {"option", "networking.firewall.allowedTCPPorts"},
                     {"value", {{"integer", 445}}}};
    const auto on_a = request({close}, Json::array({"a"}));
    CHECK(refusal(two_hosts("{ }", "{ networking.firewall.interfaces.lan.allowedTCPPorts = [ 445 "
                                   "]; }"),
                  on_a) == "elsewhere");
    const auto noted = planned(two_hosts("{ }", "{ services.samba.openFirewall = true; }"), on_a);
    REQUIRE(noted);
    REQUIRE(noted->steps.at(0).notes.size() == 1);
    CHECK(noted->steps.at(0).notes.at(0) ==
          "what its service listens on is open by services.samba.openFirewall at a.nix:1");
    const auto none = planned(two_hosts("{ }", "{ services.samba.openFirewall = false; "
                                               "networking.firewall.interfaces.lan."
                                               "allowedTCPPorts = [ 80 ]; }"),
                              on_a);
    REQUIRE(none);
    CHECK_FALSE(none->steps.at(0).changed);
}

TEST_CASE("where a new list would go and one is, that one is taken") {
    auto files = two_hosts("{ }", "{ imports = [ ./a/hardware.nix ./a/tools.nix ]; }");
    files["a.nix"] = "{ pkgs, ... }: { services.x.enable = true; environment = { systemPackages = "
                     "[ (pkgs.f 1) ]; variables.X = \"1\"; }; }";
    CHECK(edited(
              files,
              request({add("environment.systemPackages", {{"package", "jq"}})}, Json::array({"a"})),
              "a.nix")
              .find("[ (pkgs.f 1) pkgs.jq ]") != std::string::npos);
}
