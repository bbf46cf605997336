// The flake's own checks, with the real Nix on the demo's flake, which has two.
#include "agentd/core/fd.hpp"
#include "agentd/stages/checks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using proposals::EvidenceStatus;
using test::NixFixture;
using Names = std::vector<std::string>;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

struct Ran {
    stages::FlakeChecks checks{};
    std::vector<proposals::Evidence> recorded{};
    std::string log{};

    EvidenceStatus of(const std::string& name) const {
        for (const auto& check : checks.checks) {
            if (check.name == name) {
                return check.status;
            }
        }
        FAIL("not asked: " << name);
        return {};
    }
};

Ran run(const evaluator::FlakeSource& base, const evaluator::FlakeSource& candidate, Names wanted,
        std::chrono::milliseconds most = std::chrono::minutes(5)) {
    const auto nix = fixture().nix();
    store::Blobs blobs(fixture() / "blobs");
    const test::FixedClock clock;
    Ran ran;
    const stages::Candidate asked{.id =
                                      core::ProposalId::parse("00000000000000000000000001").value(),
                                  .source = candidate,
                                  .host = NixFixture::host(),
                                  .options = {.base = base}};
    ran.checks =
        stages::run_checks({.candidate = asked, .wanted = std::move(wanted), .most = most},
                           {.nix = nix, .blobs = blobs, .clock = clock},
                           {.evidence = [&](const auto& one) { ran.recorded.push_back(one); },
                            .log = [](auto, const auto&) {}},
                           {});
    if (ran.checks.evidence && ran.checks.evidence->log_blob) {
        ran.log = blobs.get(*ran.checks.evidence->log_blob).value_or("");
    }
    return ran;
}

/// The flake with its checks called otherwise.
evaluator::FlakeSource renamed(const std::string& from, const std::string& to) {
    const std::string here = __FILE__; // <source tree>/tests/unit/daemon/checks_test.cpp
    std::string text = core::read_file(
        here.substr(0, here.rfind("/tests/unit/")) + "/tests/demo/flake/flake.nix", 1U << 20);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return fixture().commit({{"flake.nix", text.replace(at, from.size(), to)}});
}

} // namespace

TEST_CASE("all checks of the base are built from the candidate, and what they gave is kept") {
    const auto base = fixture().head();
    const auto ran = run(base, base, {"all"});
    REQUIRE(ran.checks.checks.size() == 2);
    CHECK(ran.of("no-passwords") == EvidenceStatus::passed);
    CHECK(ran.of("web-page") == EvidenceStatus::passed);
    REQUIRE(ran.recorded.size() == 1);
    CHECK(ran.recorded[0].status == EvidenceStatus::passed);
    CHECK(ran.recorded[0].result_digest);
    CHECK(ran.checks.checks[0].output);
    CHECK(ran.checks.fact() == "passed");
}

TEST_CASE("a check that a change breaks has failed, and its log says why") {
    const auto bad = fixture().commit({{"hosts/web/www/index.html", "<p>no title</p>\n"}});
    const auto ran = run(fixture().head(), bad, {"all"});
    CHECK(ran.of("web-page") == EvidenceStatus::failed);
    CHECK(ran.of("no-passwords") == EvidenceStatus::passed);
    CHECK(ran.recorded[0].status == EvidenceStatus::failed);
    CHECK(ran.recorded[0].summary.starts_with("not passed: web-page"));
    CHECK(ran.checks.fact() == "failed");
}

TEST_CASE("a check that a change takes away or renames has failed, one that it adds is not asked") {
    const auto ran = run(fixture().head(), renamed("web-page = pkgs", "page = pkgs"), {"all"});
    REQUIRE(ran.checks.checks.size() == 2);
    CHECK(ran.of("web-page") == EvidenceStatus::failed);
    CHECK(ran.recorded[0].summary ==
          "not passed: web-page: the candidate has no check of that name; passed: no-passwords");
}

TEST_CASE(
    "a check that is named and is nowhere has failed, one whose name is no plain word is asked") {
    const auto base = fixture().head();
    CHECK(run(base, base, {"nothing"}).of("nothing") == EvidenceStatus::failed);
    const std::string odd = "a\"${x}b";
    CHECK(run(base, base, {odd}).of(odd) == EvidenceStatus::failed);
}

TEST_CASE("one check that cannot be evaluated does not hide how the others end") {
    const auto bad = renamed("web-page = pkgs", "web-page = throw \"not today\"; other = pkgs");
    const auto ran = run(fixture().head(), bad, {"all"});
    CHECK(ran.of("web-page") == EvidenceStatus::failed);
    CHECK(ran.of("no-passwords") == EvidenceStatus::passed);
    INFO(ran.recorded[0].summary);
    CHECK(ran.recorded[0].summary.find("not today") != std::string::npos);
}

TEST_CASE("what is around a change is not the change's: then it is not judged, and not known") {
    const auto base = fixture().head();
    const auto torn = fixture().commit({{"flake.nix", "{ outputs = throw \"no\"; }\n"}});
    const auto ran = run(torn, base, {"all"});
    REQUIRE(ran.recorded.size() == 1);
    CHECK(ran.recorded[0].status == EvidenceStatus::unjudged);
    CHECK_FALSE(ran.checks.fact());
}

TEST_CASE("a check that was red before is told to be the base's own") {
    const auto red = fixture().commit({{"hosts/web/www/index.html", "<p>no title</p>\n"}});
    const auto ran = run(red, red, {"web-page"});
    CHECK(ran.of("web-page") == EvidenceStatus::failed);
    CHECK(ran.recorded[0].summary.find("the base has the same check") != std::string::npos);
}

TEST_CASE("where no check is wanted none is asked, and nothing is said to have passed") {
    const auto base = fixture().head();
    const auto ran = run(base, base, {});
    CHECK(ran.recorded.empty());
    CHECK(ran.checks.fact() == "none");
}

TEST_CASE("a check that does not end in time, or is no derivation, has not passed") {
    const auto base = fixture().head();
    CHECK(run(base, base, {"web-page"}, std::chrono::milliseconds(0)).checks.fact() == "failed");
    const auto text = renamed("web-page = pkgs.runCommand \"check-web-page\" { } ''",
                              "web-page.drvPath = \"/etc/passwd\"; other = ''");
    CHECK(run(base, text, {"web-page"}).of("web-page") == EvidenceStatus::failed);
}
