// The other hosts of the demo's flake, by their derivations alone.
#include "evaluator/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

using namespace agentd;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

core::Result<core::StorePath> derivation(const evaluator::FlakeSource& source,
                                         const std::string& host,
                                         const evaluator::HostLimits& limits = {}) {
    return evaluator::host_derivation(fixture().nix(), source, NixFixture::host(host), limits);
}

const std::string open_port = "{ networking.firewall.allowedTCPPorts = [ 8080 ]; }";

} // namespace

TEST_CASE("a host that a change does not touch keeps its derivation, though it names its commit") {
    const auto before = derivation(fixture().head(), "db");
    const auto after = derivation(fixture().with_module(open_port), "db");
    REQUIRE(before);
    REQUIRE(after);
    CHECK(before.value() == after.value());
}

TEST_CASE("a host whose modules change gets another derivation") {
    const auto source =
        fixture().commit({{"hosts/db/default.nix", "{ imports = [ ../common.nix ./extra.nix ]; }"},
                          {"hosts/db/extra.nix", open_port}});
    const auto before = derivation(fixture().head(), "db"), after = derivation(source, "db");
    REQUIRE(before);
    REQUIRE(after);
    CHECK(before.value() != after.value());
}

TEST_CASE("a host that cannot be evaluated is a problem with its place") {
    const auto broken =
        derivation(fixture().commit({{"hosts/db/default.nix", "{ ... }: {\n  a = ;\n}\n"}}), "db");
    REQUIRE_FALSE(broken);
    CHECK(broken.problem().code == "evaluation_failed");
    CHECK(broken.problem().where == "hosts/db/default.nix:2:7");
    const auto none = derivation(fixture().head(), "gate");
    REQUIRE_FALSE(none);
    CHECK(none.problem().code == "unknown_host");
}

TEST_CASE("a host has limits of its own") {
    const auto source = fixture().commit(
        {{"hosts/db/default.nix", "{ networking.hostName = toString (builtins.match \"((a*)*)*b\" "
                                  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"); }"}});
    const auto found = derivation(source, "db", {.time = std::chrono::seconds(1)});
    REQUIRE_FALSE(found);
    CHECK(found.problem().code == "evaluation_timeout");
}
