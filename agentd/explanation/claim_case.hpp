/// @file
/// The proposer's words beside the effects, while the rules of `claims` look at both.
#pragma once

#include "agentd/explanation/claims.hpp"
#include "agentd/explanation/words.hpp"

#include <functional>

namespace agentd::explanation {

using Facts = std::vector<std::size_t>;

/// Lives no longer than what it refers to.
struct Case {
    const Words& words;
    const proposals::Effects& effects;
    std::vector<Doubt>& doubts;

    Facts where(const std::function<bool(const proposals::Effect&)>& is) const;
    /// Each once, as far as there is room.
    void doubt(std::string claim, std::string text, Facts facts = {}) const;
};

/// `2 ports`
std::string counted(std::size_t n, const std::string& what);

/// What is said of opening and closing ports.
void doubt_ports(const Case& of);

} // namespace agentd::explanation
