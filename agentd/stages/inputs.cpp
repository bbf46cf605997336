#include "agentd/stages/inputs.hpp"

#include "agentd/core/text.hpp"
#include "agentd/fetching/messenger.hpp"
#include "agentd/stages/lacking.hpp"

#include <fmt/format.h>

namespace agentd::stages {

Inputs::Inputs(const Candidate& candidate, const TestTools& tools)
    : candidate_(candidate), tools_(tools), request_{.roots = tools.nix.settings().scratch +
                                                              "/inputs/" + candidate.id.str()} {}

Inputs::~Inputs() {
    evaluator::forget_sources(request_);
}

evaluator::SourcesOutcome Inputs::fetch(const std::stop_token& stop) {
    const auto& nix = tools_.nix;
    const std::string text = evaluator::lock_text(nix, candidate_.source, stop);
    if (core::trim(text).empty()) {
        return evaluator::SourcesFetched{};
    }
    auto candidate = evaluator::parse_lock(text);
    if (!candidate) {
        return evaluator::BuildRefused{.problem = candidate.problem()};
    }
    const auto base =
        evaluator::parse_lock(evaluator::lock_text(nix, candidate_.options.base, stop));
    auto wanted = evaluator::sources_of(base ? *base : std::vector<evaluator::LockNode>{},
                                        *candidate, nix.settings().origins);
    if (!wanted) {
        return evaluator::BuildRefused{.problem = wanted.problem()};
    }
    request_.sources = std::move(wanted).value();
    return evaluator::fetch_sources(nix, *fetching::source_giver(nix), request_, stop);
}

std::string words_of(const evaluator::SourcesFetched& fetched) {
    return fetched.told.empty()
               ? ""
               : fmt::format("fetched {} ({}): {}; ", many(fetched.told.size(), "input"),
                             amount(fetched.bytes),
                             core::shorten(core::join(fetched.told, ", "), 500));
}

} // namespace agentd::stages
