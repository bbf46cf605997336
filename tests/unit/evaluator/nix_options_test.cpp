// Options read by the real Nix from the demo's flake.
#include "evaluator/evaluation.hpp"
#include "evaluator/option_diff.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

using namespace agentd;
using evaluator::Evaluated;
using evaluator::OptionWords;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

Evaluated evaluated(const evaluator::FlakeSource& source, const OptionWords& words) {
    auto outcome = evaluator::evaluate(fixture().nix(), source, NixFixture::host(), {}, words);
    if (const auto* no = std::get_if<evaluator::EvaluationRefused>(&outcome)) {
        INFO(no->log);
        FAIL(no->problem.message);
    }
    return std::get<Evaluated>(outcome);
}

const std::string touched = "hosts/web/agentd.nix";

proposals::OptionChanges changes(const std::string& module, const OptionWords& words) {
    const auto before =
        evaluator::option_values(fixture().nix(), fixture().head(), NixFixture::host(), words);
    REQUIRE(before);
    const auto after = evaluated(fixture().with_module(module), words);
    REQUIRE(after.options);
    return evaluator::option_changes(*before, *after.options, {touched});
}

std::string names(const proposals::OptionChanges& all) {
    std::string out;
    for (const auto& one : all.changes) {
        out += proposals::option_name(one.path) + " ";
    }
    return out;
}

} // namespace

TEST_CASE("the merged options that a change sets otherwise are told, and no others") {
    const auto all = changes(
        R"({ lib, ... }: {
             networking.firewall.allowedTCPPorts = [ 8080 ];
             services.nginx.enable = lib.mkForce false;
             boot.kernel.sysctl."net.ipv4.ip_forward" = 1;
             users.users.bob = { isNormalUser = true; uid = 1007; };
           })",
        {"networking", "firewall", "allowedTCPPorts", "services", "nginx", "enable", "boot",
         "kernel", "sysctl", "net.ipv4.ip_forward", "users", "bob", "isNormalUser", "uid", "lib",
         "mkForce"});
    // With nginx goes the user that its module makes: the values are the merged ones.
    CHECK(names(all) ==
          "boot.kernel.sysctl.\"net.ipv4.ip_forward\" networking.firewall.allowedTCPPorts "
          "services.nginx.enable users.users.bob users.users.nginx ");
    CHECK(all.changes[0].after == "1");
    CHECK_FALSE(all.changes[0].before);
    CHECK(all.changes[1].added == std::vector<std::string>{"8080"});
    CHECK(all.changes[2].before == "true");
    CHECK(all.changes[2].priority == 50);
    CHECK(all.changes[3].after == "{ isNormalUser = true; uid = 1007; }");
    CHECK(all.changes[1].file == touched);
}

TEST_CASE(
    "of a system whose options are a second evaluation the values are told, without that one") {
    const std::string here = __FILE__; // <source tree>/tests/unit/evaluator/nix_options_test.cpp
    auto flake = core::read_file(
        here.substr(0, here.rfind("/tests/unit/")) + "/tests/demo/flake/flake.nix", 1U << 20);
    const std::string made = "host // {", second = R"(removeAttrs host [ "extendModules" ] // {
          options = throw "a second evaluation";)";
    REQUIRE(flake.find(made) != std::string::npos);
    flake.replace(flake.find(made), made.size(), second);
    const auto found =
        evaluated(fixture().commit({{"flake.nix", flake}}),
                  {"networking", "firewall", "allowedTCPPorts", "users", "alice", "isNormalUser"});
    REQUIRE(found.options);
    std::map<std::string, std::string> told;
    for (const auto& one : *found.options) {
        told[proposals::option_name(one.path)] = one.value;
        CHECK(one.files.empty());
        CHECK_FALSE(one.priority);
    }
    CHECK(told.contains("networking.firewall.allowedTCPPorts"));
    CHECK(told["users.users.alice.isNormalUser"] == "true");
}

TEST_CASE("an option that throws is unknown, and the others are read all the same") {
    const auto all = changes("{ lib, ... }: { options.unread = lib.mkOption { };\n"
                             "  config.unread = throw \"not today\";\n"
                             "  config.networking.firewall.allowedTCPPorts = [ 8080 ]; }",
                             {"networking", "firewall", "allowedTCPPorts", "unread"});
    CHECK(names(all) == "networking.firewall.allowedTCPPorts unread ");
    CHECK(all.changes[1].after == "«unknown»");
}

TEST_CASE("an option that nobody may look at costs the options, not the answer") {
    // Nothing that is built asks for this one, and its error cannot be caught.
    const auto source = fixture().with_module(
        "{ lib, ... }: { options.unread = lib.mkOption { default = { }.missing; }; }");
    const auto done = evaluated(source, {"unread"});
    CHECK_FALSE(done.options);
    CHECK(done.warnings.empty());
    CHECK(evaluated(source, {"networking"}).options);
}

TEST_CASE(
    "a configuration that fails fails once, with its own words, whatever is asked beside it") {
    const auto source = fixture().with_module("{ networking.hostName = 5; }");
    const auto outcome = evaluator::evaluate(fixture().nix(), source, NixFixture::host(), {},
                                             {"services", "nginx", "enable"});
    REQUIRE(std::holds_alternative<evaluator::EvaluationRefused>(outcome));
    const auto& refused = std::get<evaluator::EvaluationRefused>(outcome);
    CHECK(refused.problem.code == "evaluation_failed");
    CHECK(refused.problem.message.find("hostName") != std::string::npos);
}

TEST_CASE("numbers that JSON has not, and long texts, are told without harm") {
    const auto all = changes(
        R"({ lib, ... }: {
             options.numbers = lib.mkOption { };
             config.numbers = [ 1.5 9007199254740993 (-3) ];
             config.networking.nameservers =
               [ (builtins.concatStringsSep "" (builtins.genList (_: "é") 3000)) ];
           })",
        {"numbers", "networking", "nameservers"});
    REQUIRE(names(all) == "networking.nameservers numbers ");
    CHECK(all.changes[0].added.at(0).starts_with("«text 6000 bytes, sha256 "));
    CHECK(all.changes[1].after == "[ 1.5 9007199254740993 -3 ]");
}

TEST_CASE("a text that is no UTF-8 costs the options, not the answer") {
    const auto source =
        fixture().commit({{"hosts/web/agentd.nix", "{ lib, ... }: { options.odd = lib.mkOption { "
                                                   "}; config.odd = builtins.readFile ./odd; }"},
                          {"hosts/web/odd", "caf\xe9"}});
    CHECK_FALSE(evaluated(source, {"odd"}).options);
}

TEST_CASE("a base that has no such host is a problem, not a crash") {
    const auto none = evaluator::option_values(fixture().nix(), fixture().head(),
                                               NixFixture::host("nobody"), {"networking"});
    REQUIRE_FALSE(none);
    CHECK(none.problem().code == "unknown_host");
}
