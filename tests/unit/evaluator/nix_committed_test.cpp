// Commits whose git attributes hand out other bytes than they hold, with the real git and Nix.
#include "evaluator/committed.hpp"
#include "evaluator/evaluation.hpp"
#include "evaluator/index/make_index.hpp"
#include "evaluator/option_values.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

using namespace agentd;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

/// "" when it is handed out as it is, else what is said.
std::string said(const std::map<std::string, std::string>& files) {
    const auto found = evaluator::as_committed(fixture().nix(), fixture().commit(files));
    return found ? "" : found.problem().code + ": " + found.problem().message;
}

} // namespace

TEST_CASE("a pattern that meets no file of the commit does nothing, and is no reason to refuse") {
    CHECK(said({}).empty());
    CHECK(said({{".gitattributes", "*.bat text eol=crlf\n*.sln eol=crlf\n/old export-ignore\n"}})
              .empty());
    CHECK(said({{".gitattributes", "*.bat eol=crlf\n"}, {"run.bat", "dir\n"}}) ==
          "attributes: git would hand out other bytes than are committed: .gitattributes sets "
          "`eol=crlf` for run.bat");
}

TEST_CASE(
    "a file that is written into, left out or drawn otherwise is found, wherever that is said") {
    CHECK(said({{".gitattributes", "*.nix ident\n"}}).find("for flake.nix") != std::string::npos);
    CHECK(said({{".gitattributes", "/hosts export-ignore\n"}}).find("for hosts/") !=
          std::string::npos);
    CHECK(said({{"hosts/web/.gitattributes", "default.nix export-subst\n"}})
              .find("for hosts/web/default.nix") != std::string::npos);
    CHECK(said({{".gitattributes", "[attr]kind export-subst\nflake.nix kind\n"}})
              .find("for flake.nix") != std::string::npos);
    CHECK(said({{".gitattributes", "\"*.nix\"ident\n"}}).find("for flake.nix") !=
          std::string::npos);
    CHECK(said({{".gitattributes", "flake.nix working-tree-encoding=UTF-16\n"}})
              .find("for flake.nix") != std::string::npos);
    // What is set and unset again is not.
    CHECK(said({{".gitattributes", "*.nix ident\n*.nix -ident\n"}}).empty());
}

TEST_CASE("no question is put to a commit that git hands out otherwise than it is") {
    const auto nix = fixture().nix();
    const auto source = fixture().commit({{".gitattributes", "*.nix ident\n"}});
    const auto host = NixFixture::host();
    const auto whole = evaluator::evaluate(nix, source, host);
    const auto* refused = std::get_if<evaluator::EvaluationRefused>(&whole);
    REQUIRE(refused != nullptr);
    CHECK(refused->problem.code == "attributes");
    CHECK(refused->nix_time.count() == 0);
    const auto code = [](const auto& answer) {
        return answer ? std::string("answered") : answer.problem().code;
    };
    CHECK(code(evaluator::host_derivation(nix, source, host)) == "attributes");
    CHECK(code(evaluator::list_hosts(nix, source)) == "attributes");
    CHECK(code(evaluator::option_values(nix, source, host, {"networking"})) == "attributes");
    CHECK(code(evaluator::make_index(nix, source, host, fixture() / "index.db")) == "attributes");
}
