// The whole way of a proposal through Nix, short: run once for each Nix that can be had
// (tests/nix).
#include "evaluator/build.hpp"
#include "evaluator/effects/analyze.hpp"
#include "evaluator/evaluation.hpp"
#include "evaluator/store_info.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <algorithm>
#include <chrono>

using namespace agentd;
namespace effects = agentd::evaluator::effects;
using evaluator::Built;
using evaluator::Evaluated;
using evaluator::EvaluationRefused;

TEST_CASE("a change is evaluated, refused or built, and its effects are told, with this Nix") {
    test::NixFixture fixture;
    const auto nix = fixture.nix();
    WARN("tried with " << nix.installation().version().text);
    // New each time: what is in the store already is not built.
    const std::string mark =
        std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    const auto built = [&](const evaluator::FlakeSource& source, const std::string& name) {
        auto outcome = evaluator::evaluate(nix, source, test::NixFixture::host());
        REQUIRE(std::holds_alternative<Evaluated>(outcome));
        const auto& host = std::get<Evaluated>(outcome);
        auto done =
            evaluator::build(nix, {.drv = host.drv, .gc_root = fixture / ("roots/" + name)});
        REQUIRE(std::holds_alternative<Built>(done));
        CHECK(std::get<Built>(done).outputs == std::vector{host.toplevel});
        return std::pair(host.toplevel, std::get<Built>(done).built);
    };
    const auto [base, of_base] = built(fixture.head(), "base");
    const auto [changed, new_ones] =
        built(fixture.with_module("{ networking.firewall.allowedTCPPorts = [ 8080 ]; "
                                  "environment.etc.mark.text = \"" +
                                  mark + "\"; }"),
              "changed");
    CHECK(changed != base);
    CHECK_FALSE(new_ones.empty());

    const auto closure = evaluator::closure_of(nix, changed);
    REQUIRE(closure);
    CHECK(closure->find(changed) != nullptr);
    CHECK(evaluator::path_info(nix, changed)->nar_hash == closure->find(changed)->nar_hash);
    CHECK(evaluator::verify_paths(nix, {changed}));

    const auto before = evaluator::closure_of(nix, base);
    REQUIRE(before);
    const effects::StoreReader store;
    const auto side = [&](const evaluator::Closure& of) -> effects::Toplevel {
        return {
            .path = of.root.str(),
            .closure =
                effects::parse_manifest(evaluator::manifest_of(of).text, store.prefix()).value()};
    };
    const auto found = effects::analyze(store, side(*before), side(*closure));
    REQUIRE(found);
    const auto& list = found->effects;
    CHECK(std::any_of(list.begin(), list.end(), [](const auto& effect) {
        return effect.kind == "port_opened" && effect.subject.find("8080") != std::string::npos;
    }));

    auto no = evaluator::evaluate(nix, fixture.with_module("{ networking.hostNam = \"x\"; }"),
                                  test::NixFixture::host());
    REQUIRE(std::holds_alternative<EvaluationRefused>(no));
    CHECK(std::get<EvaluationRefused>(no).problem.message.find("networking.hostNam") !=
          std::string::npos);
}
