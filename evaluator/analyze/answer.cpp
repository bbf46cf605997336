#include "evaluator/analyze/answer.hpp"

#include "evaluator/effects/analyze.hpp"
#include "evaluator/switching/moves.hpp"

#include <nlohmann/json.hpp>

namespace agentd::evaluator::analyze {

namespace {

core::Result<std::string> moves(const effects::StoreReader& store, effects::Toplevel from,
                                effects::Toplevel to) {
    const auto before = effects::read_side(store, from.path, std::move(from.closure));
    if (!before) {
        return before.problem();
    }
    const auto after = effects::read_side(store, to.path, std::move(to.closure));
    if (!after) {
        return after.problem();
    }
    return core::canonical(proposals::to_json(switching::moves_between(*before, *after)));
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
    if (what == "moves") {
        return moves(store, std::move(before), std::move(after));
    }
    if (what != "effects") {
        return core::Problem{
            .code = "usage", .message = "`--what` is effects or moves", .where = what};
    }
    const auto found = effects::analyze(store, before, after);
    if (!found) {
        return found.problem();
    }
    return proposals::canonical_bytes(*found);
}

} // namespace agentd::evaluator::analyze
