/// Names that a file computes: what they come to, and how they are written.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

const Json on_a = Json::array({"a"});

/// A repository whose options begin with a variable, as `variables` binds it.
Files with_namespace(const std::string& a, const std::string& variables) {
    auto files = two_hosts("{ namespace, lib, ... }: { options.${namespace}.web.enable = "
                           "lib.mkEnableOption \"\"; }",
                           a);
    files["vars.nix"] = variables;
    return files;
}

} // namespace

TEST_CASE("a name that a variable gives is written as the file writes it") {
    const std::string vars = "{ namespace = \"my\"; user = \"joe\"; }";
    CHECK(edited(with_namespace("{ namespace, ... }: { ${namespace}.web.enable = true; }", vars),
                 request({set("my.web.enable", {{"boolean", false}})}, on_a),
                 "a.nix") == "{ namespace, ... }: { ${namespace}.web.enable = false; }");
    CHECK(edited(with_namespace("{ namespace, ... }: {\n  ${namespace} = {\n    web.enable = "
                                "true;\n  };\n}\n",
                                vars),
                 request({set("my.mail.enable", yes)}, on_a), "a.nix") ==
          "{ namespace, ... }: {\n  ${namespace} = {\n    web.enable = true;\n    mail.enable = "
          "true;\n  };\n}\n");
    CHECK(edited(with_namespace("{ user, ... }: { users.users.${user}.extraGroups = [ \"a\" ]; }",
                                vars),
                 request({add("users.users.joe.extraGroups", {{"string", "b"}})}, on_a), "a.nix") ==
          "{ user, ... }: { users.users.${user}.extraGroups = [ \"a\" \"b\" ]; }");
    CHECK(
        edited(with_namespace("{ config, ... }: { users.users.${config.vars.user}.x = 1; }", vars),
               request({set("users.users.joe.y", {{"integer", 2}})}, on_a), "a.nix") ==
        "{ config, ... }: { users.users.${config.vars.user}.x = 1; "
        "users.users.${config.vars.user}.y = 2; }");
}

TEST_CASE("a name that a variable may give otherwise is not taken for sure") {
    const Json wish = request({add("users.users.joe.extraGroups", {{"string", "b"}})}, on_a);
    const std::string a = "{ user, ... }: { users.users.${user}.extraGroups = [ \"a\" ]; }";
    for (const std::string vars :
         {"{ x.user = \"joe\"; y.user = \"ann\"; }", "user: { x.user = \"joe\"; }",
          "{ x.user = \"joe\"; y.user = f 1; }",
          "{ inherit (inputs.secrets) user; x.user = \"joe\"; }",
          "{ x.user = \"joe\"; y.user = other.name; }"}) {
        CAPTURE(vars);
        CHECK(refusal(with_namespace(a, vars), wish) != "");
    }
}

TEST_CASE("a number is a text where a text stands, here or for another host") {
    CHECK(edited(two_hosts("{ }", "{ networking.hostId = \"e9fbbf71\"; }"),
                 request({set("networking.hostId", {{"integer", 12345678}})}, on_a),
                 "a.nix") == "{ networking.hostId = \"12345678\"; }");
    CHECK(edited(two_hosts("{ }", "{ }", "{ networking.hostId = \"e9fbbf71\"; }"),
                 request({set("networking.hostId", {{"integer", 12345678}})}, on_a),
                 "a.nix") == "{\n  networking.hostId = \"12345678\";\n}");
    CHECK(edited(two_hosts("{ }", "{ a.port = 1; }"),
                 request({set("a.port", {{"integer", 2}})}, on_a), "a.nix") == "{ a.port = 2; }");
}

TEST_CASE("one line of settings replaces another of the same key") {
    Json wish = set("services.journald.extraConfig", {{"string", "SystemMaxUse=1G"}});
    wish["fresh"] = true;
    const auto files = two_hosts("{ services.journald.extraConfig = \"SystemMaxUse=256M\"; }",
                                 "{ lib, ... }: { }");
    CHECK(edited(files, request({wish}, "all"), "common.nix") ==
          "{ services.journald.extraConfig = \"SystemMaxUse=1G\"; }");
    CHECK(edited(files, request({wish}, on_a), "a.nix").find("lib.mkForce \"SystemMaxUse=1G\"") !=
          std::string::npos);
    CHECK(refusal(two_hosts("{ services.journald.extraConfig = \"Storage=volatile\"; }", "{ }"),
                  request({wish}, on_a)) == "exists");
    CHECK(refusal(two_hosts("{ services.journald.extraConfig = ''\n  SystemMaxUse=1M\n  X=2\n''; }",
                            "{ }"),
                  request({wish}, on_a)) == "exists");
}
