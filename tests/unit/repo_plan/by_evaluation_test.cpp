#include "tests/support/catch.hpp"
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;
using proposals::map::EvaluatedHost;

namespace {

const Files files{{"flake.nix", R"({
      outputs = { nixpkgs, farm, ... }: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./hosts/a ./web.nix ] ++ farm.more; };
        nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./hosts/b.nix ./web.nix ]; };
      };
    })"},
                  {"hosts/a/default.nix", "{\n  imports = [ ];\n}\n"},
                  {"hosts/b.nix", "{ }\n"},
                  {"web.nix", "{ config, lib, ... }: lib.mkIf (config.x == 1) {\n"
                              "  services.web.workers = 2;\n}\n"},
                  {"found.nix", "{\n  time.timeZone = \"UTC\";\n}\n"}};

EvaluatedHost told(const std::string& name) {
    EvaluatedHost out{.name = name, .hosts = {"a", "b"}};
    auto& part = out.parts[""];
    part.whole = true;
    part.files["hosts/" + name + (name == "b" ? ".nix" : "")] = {.module = true};
    part.files["web.nix"] = {.module = true};
    return out;
}

core::Result<proposals::plan::Plan> planned_with(const std::vector<EvaluatedHost>& hosts,
                                                 const Json& request) {
    const MemoryTree tree(files);
    proposals::map::Files known(tree, tree.paths());
    auto map = proposals::map::make_map(known);
    REQUIRE(map.has_value());
    for (const auto& host : hosts) {
        add_evaluated(known, *map, host);
    }
    const auto read = proposals::plan::request_from_json(request);
    REQUIRE(read.has_value());
    return proposals::plan::make_plan(known, *map, *read);
}

std::string edited(const proposals::plan::Plan& plan) {
    return plan.edits.empty() ? "" : plan.edits.front().path;
}

} // namespace

TEST_CASE("a condition that holds as Nix evaluates is none: what it sets is changed there") {
    const auto wish = request({set("services.web.workers", {{"integer", 4}})}, "all");
    const auto read = planned_with({}, wish);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.problem().code == "conditional");

    auto a = told("a");
    auto b = told("b");
    a.parts[""].files["web.nix"].sets = {"services.web.workers"};
    CHECK_FALSE(planned_with({a, b}, wish).has_value()); // of b it does not hold
    b.parts[""].files["web.nix"].sets = {"services.web.workers"};
    const auto plan = planned_with({a, b}, wish);
    REQUIRE(plan.has_value());
    CHECK(edited(*plan) == "web.nix");
    CHECK(plan->edits.front().bytes->find("services.web.workers = 4;") != std::string::npos);
}

TEST_CASE("a file that only Nix knows of is edited for its host, where others are known, too") {
    const auto wish = request({set("time.timeZone", {{"string", "Europe/Berlin"}})}, {"a"});
    auto a = told("a");
    a.parts[""].files["found.nix"] = {.module = true, .sets = {"time.timeZone"}};
    const auto both = planned_with({a, told("b")}, wish);
    REQUIRE(both.has_value());
    CHECK(edited(*both) == "found.nix");

    const auto alone = planned_with({a}, wish); // what leads a there may lead b there
    CHECK((!alone.has_value() || edited(*alone) != "found.nix"));
}

TEST_CASE("what Nix says is set where reading does not see it hides the option") {
    auto a = told("a");
    a.parts[""].files["hosts/a"].sets = {"networking.domain"};
    const auto plan =
        planned_with({a}, request({set("networking.domain", {{"string", "x.org"}})}, {"a"}));
    REQUIRE_FALSE(plan.has_value());
    CHECK(plan.problem().code == "opaque");
    CHECK(plan.problem().where == "hosts/a/default.nix");
}

TEST_CASE("imports that could not be followed are no doubt once Nix has told all modules") {
    const auto wish = request({set("time.timeZone", {{"string", "Europe/Berlin"}})}, {"a"});
    const auto read = planned_with({}, wish);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.problem().code == "unread"); // found.nix sets it, and may be a's
    const auto plan = planned_with({told("a"), told("b")}, wish);
    REQUIRE(plan.has_value());
    CHECK(edited(*plan) == "hosts/a/default.nix");
}

TEST_CASE("a file that reading believes in and Nix does not is edited for nobody") {
    auto a = told("a");
    a.parts[""].files.erase("hosts/a");
    const auto plan = planned_with(
        {a, told("b")}, request({set("time.timeZone", {{"string", "Europe/Berlin"}})}, {"a"}));
    CHECK((!plan.has_value() || edited(*plan) != "hosts/a/default.nix"));
}
