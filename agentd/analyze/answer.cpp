#include "agentd/analyze/answer.hpp"

#include "evaluator/agreement/built.hpp"
#include "evaluator/effects/analyze.hpp"
#include "evaluator/switching/moves.hpp"

#include <nlohmann/json.hpp>

namespace agentd::analyze {

namespace {

namespace agreement = evaluator::agreement;
namespace effects = evaluator::effects;
namespace switching = evaluator::switching;

/// What is said of two sides that are only read.
template <class Say>
core::Result<std::string> of_both(const effects::StoreReader& store, effects::Toplevel from,
                                  effects::Toplevel to, Say&& say) {
    const auto before = effects::read_side(store, from.path, std::move(from.closure));
    if (!before) {
        return before.problem();
    }
    const auto after = effects::read_side(store, to.path, std::move(to.closure));
    if (!after) {
        return after.problem();
    }
    return core::canonical(say(*before, *after));
}

core::Json moves(const effects::Side& before, const effects::Side& after) {
    return proposals::to_json(switching::moves_between(before, after));
}

core::Json built(const effects::Side& before, const effects::Side& after) {
    return {{"before", agreement::to_json(agreement::read_built(before))},
            {"after", agreement::to_json(agreement::read_built(after))}};
}

} // namespace

core::Result<std::string> answer(const Asked& asked) {
    const effects::StoreReader store(asked.given.at("--store"));
    auto from = effects::parse_manifest(asked.from_manifest, store.prefix());
    if (!from) {
        return from.problem();
    }
    auto to = effects::parse_manifest(asked.to_manifest, store.prefix());
    if (!to) {
        return to.problem();
    }
    effects::Toplevel before{.path = asked.given.at("--from"), .closure = std::move(from).value()};
    effects::Toplevel after{.path = asked.given.at("--to"), .closure = std::move(to).value()};
    const auto& what = asked.given.at("--what");
    if (what == "moves" || what == "built") {
        return of_both(store, std::move(before), std::move(after), what == "moves" ? moves : built);
    }
    if (what != "effects") {
        return core::Problem{
            .code = "usage", .message = "`--what` is effects, moves or built", .where = what};
    }
    const auto found = effects::analyze(store, before, after);
    if (!found) {
        return found.problem();
    }
    return proposals::canonical_bytes(*found);
}

} // namespace agentd::analyze
