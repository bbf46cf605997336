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
    CHECK(refusal(switched("{ my.x.enable = true; }"), request({port}, Json::array({"a"}))) ==
          "conditional");
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
