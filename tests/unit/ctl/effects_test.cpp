#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::test;

TEST_CASE("effects of what is no built system name the path and how to build one") {
    Ctl agentctl;
    const auto nothing = agentctl.bare({"effects", "/nowhere/result", "/"});
    CHECK(nothing.exit == 1);
    CHECK(nothing.out.empty());
    CHECK(nothing.err.find("/nowhere/result") != std::string::npos);
    CHECK(nothing.err.find("nix build") != std::string::npos);
    const auto other = agentctl.bare({"--json", "effects", "/", "/"});
    CHECK(other.json().at("error").at("code") == "not_a_system");
    CHECK(agentctl.bare({"effects", "/"}).exit == 64);
    CHECK(agentctl.bare({"effects", "/", "/", "/"}).exit == 64);
}
