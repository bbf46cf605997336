#include "agentd/explanation/claim_case.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::explanation {

namespace {

constexpr std::size_t most_doubts = 12;

} // namespace

Facts Case::where(const std::function<bool(const proposals::Effect&)>& is) const {
    Facts found;
    ++passes;
    for (std::size_t i = 0; i < effects.effects.size(); ++i) {
        if (is(effects.effects[i])) {
            found.push_back(i);
        }
    }
    return found;
}

bool Case::full() const noexcept {
    return doubts.size() >= most_doubts;
}

void Case::doubt(const std::string& claim, const std::string& text, Facts facts) const {
    constexpr std::size_t longest_claim = 80, longest_text = 300;
    const Doubt made{core::shorten(claim, longest_claim), core::shorten(text, longest_text),
                     std::move(facts)};
    if (!full() && std::find(doubts.begin(), doubts.end(), made) == doubts.end()) {
        doubts.push_back(made);
    }
}

std::string counted(std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

} // namespace agentd::explanation
