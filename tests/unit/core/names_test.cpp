#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"

using namespace agentd::core;

TEST_CASE("a store path is one top-level path and nothing below or beside it") {
    const std::string hash(32, 'a');
    CHECK(StorePath::parse("/nix/store/" + hash + "-nginx-1.26.2")->name() == "nginx-1.26.2");
    CHECK_FALSE(StorePath::parse("/nix/store/" + hash + "-nginx/bin"));
    CHECK_FALSE(StorePath::parse("/nix/store/" + hash + "-../../etc"));
    CHECK_FALSE(StorePath::parse("/nix/store/" + std::string(32, 'e') + "-x"));
    CHECK_FALSE(StorePath::parse("/tmp/" + hash + "-x"));
    CHECK(StorePath::parse("/nix/store/" + hash + "-x.drv")->is_derivation());
}

TEST_CASE("a unit name cannot be an option or a glob") {
    CHECK(UnitName::parse("getty@tty1.service"));
    CHECK_FALSE(UnitName::parse("*.service"));
    CHECK_FALSE(UnitName::parse("--now.service"));
    CHECK_FALSE(UnitName::parse("../x.service"));
    CHECK_FALSE(UnitName::parse(".service"));
    CHECK_FALSE(UnitName::parse("x.conf"));
}

TEST_CASE("host and branch names are safe where they are written") {
    CHECK(HostName::parse("web-1"));
    CHECK_FALSE(HostName::parse("web\"; evil"));
    CHECK_FALSE(HostName::parse("-x"));
    CHECK(is_branch_name("feature/x"));
    CHECK_FALSE(is_branch_name("a..b"));
    CHECK_FALSE(is_branch_name("a&rev=1"));
    CHECK_FALSE(is_branch_name("/a"));
}

TEST_CASE("ids sort by time and read back") {
    agentd::test::FixedClock clock;
    const auto first = ProposalId::make(clock.now());
    clock.advance(std::chrono::milliseconds(1));
    const auto second = ProposalId::make(clock.now());
    CHECK(first < second);
    CHECK(ProposalId::parse(first.str()) == first);
    CHECK_FALSE(ProposalId::parse("IIIIIIIIIIIIIIIIIIIIIIIIII"));
}

TEST_CASE("an instant is written and read to the microsecond") {
    agentd::test::FixedClock clock;
    CHECK(format_instant(clock.now()) == "2026-01-02T03:04:05.000006Z");
    CHECK(parse_instant("2026-01-02T03:04:05.000006Z") == clock.now());
    CHECK_FALSE(parse_instant("2026-02-30T00:00:00.000000Z"));
    CHECK_FALSE(parse_instant("2026-01-02 03:04:05.000006Z"));
}
