#include "agentd/explanation/claim_case.hpp"

#include <algorithm>

namespace agentd::explanation {

Facts Case::where(const std::function<bool(const proposals::Effect&)>& is) const {
    Facts found;
    for (std::size_t i = 0; i < effects.effects.size(); ++i) {
        if (is(effects.effects[i])) {
            found.push_back(i);
        }
    }
    return found;
}

void Case::doubt(std::string claim, std::string text, Facts facts) const {
    constexpr std::size_t most_doubts = 12;
    const Doubt made{std::move(claim), std::move(text), std::move(facts)};
    if (doubts.size() < most_doubts &&
        std::find(doubts.begin(), doubts.end(), made) == doubts.end()) {
        doubts.push_back(made);
    }
}

std::string counted(std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

} // namespace agentd::explanation
