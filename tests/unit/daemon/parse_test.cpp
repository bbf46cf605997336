// The Nix files of a change, read before Nix is asked.
#include "agentd/stages/parse.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

using namespace agentd;
using proposals::EvidenceStatus;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

struct Read {
    std::optional<core::Problem> problem{};
    std::vector<proposals::Evidence> recorded{};
};

Read read(const std::map<std::string, std::string>& files) {
    const auto base = fixture().head();
    const auto source = fixture().commit(files);
    const auto nix = fixture().nix();
    const auto repository = proposals::Repository::open_or_init_bare(fixture().repository());
    store::Blobs blobs(fixture() / "blobs");
    const test::FixedClock clock;
    Read out;
    out.problem =
        stages::parse({.id = core::ProposalId::parse("00000000000000000000000001").value(),
                       .source = source,
                       .host = NixFixture::host(),
                       .options = stages::option_scope(repository, base, source.commit)},
                      {.nix = nix, .blobs = blobs, .clock = clock},
                      {.evidence = [&](const auto& one) { out.recorded.push_back(one); }}, {});
    REQUIRE(out.recorded.size() == 1);
    return out;
}

} // namespace

TEST_CASE("the first place of a change that is no Nix is told with file, line and column") {
    const auto torn = read({{"hosts/web/agentd.nix", "{ ... }: {\n  a = ;\n}\n"}});
    REQUIRE(torn.problem);
    CHECK(torn.problem->where == "hosts/web/agentd.nix:2:7");
    CHECK(torn.recorded[0].status == EvidenceStatus::failed);
    CHECK(torn.recorded[0].summary.starts_with("hosts/web/agentd.nix:2:7: "));
    const auto twice = read({{"hosts/web/agentd.nix", "{\n  a = 1;\n  a = 2;\n}\n"}});
    REQUIRE(twice.problem);
    CHECK(twice.problem->where == "hosts/web/agentd.nix:3:3");
}

TEST_CASE("very many names that are defined twice take no longer than few") {
    std::string text = "[";
    for (int n = 0; n < 50'000; ++n) {
        text += "{a=1;a=1;}";
    }
    const auto began = std::chrono::steady_clock::now();
    CHECK(read({{"hosts/web/agentd.nix", text + "]"}}).problem->where ==
          "hosts/web/agentd.nix:1:7");
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(15));
}

TEST_CASE("of a change all of which is Nix, or that touches none, nothing is wrong") {
    const auto good =
        read({{"hosts/web/agentd.nix", "{ ... }: { a = 1; }\n"}, {"hosts/web/more.nix", "1"}});
    CHECK_FALSE(good.problem);
    CHECK(good.recorded[0].status == EvidenceStatus::passed);
    CHECK(good.recorded[0].summary == "2 Nix files read");
    CHECK(read({{"hosts/web/www/index.html", "{ a = ;"}}).recorded[0].summary ==
          "no Nix file is changed");
    CHECK_FALSE(read({{"hosts/db/default.nix", ""}}).problem); // one that goes
}

TEST_CASE("a file that is too large to be read here is not judged") {
    const auto large = read({{"hosts/web/agentd.nix", "{ }" + std::string(2U << 20, '\n')}});
    CHECK_FALSE(large.problem);
    CHECK(large.recorded[0].status == EvidenceStatus::unjudged);
    CHECK(large.recorded[0].summary == "1 Nix file too large to be read here");
    std::string deep = "0";
    for (int n = 0; n < 1500; ++n) {
        deep += "+1";
    }
    const auto unread = read({{"hosts/web/agentd.nix", deep}});
    CHECK_FALSE(unread.problem);
    CHECK(unread.recorded[0].status == EvidenceStatus::unjudged);
}
