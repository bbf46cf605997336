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
    /// How often all effects were looked through: bounded, however many claims the words make.
    mutable std::size_t passes = 0;

    Facts where(const std::function<bool(const proposals::Effect&)>& is) const;
    /// Each once, as far as there is room; what is long is cut.
    void doubt(const std::string& claim, const std::string& text, Facts facts = {}) const;
    bool full() const noexcept;
};

/// `2 ports`
std::string counted(std::size_t n, const std::string& what);

/// All rules.
void look_through(const Case& of);

/// Names behind "update", "remove", "enable" and their like.
void doubt_names(const Case& of);

/// Something is installed, and something grave comes with it.
void doubt_installs(const Case& of);

/// What is said of opening and closing ports.
void doubt_ports(const Case& of);

} // namespace agentd::explanation
