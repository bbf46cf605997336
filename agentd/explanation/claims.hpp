/// @file
/// Where the proposer's own words do not fit what was built: a warning, never a reason to trust.
#pragma once

#include "proposals/effects.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::explanation {

/// One claim that the effects do not bear out.
struct Doubt {
    std::string claim{};              ///< the words, in lower case, cut; to be drawn in quotes
    std::string text{};               ///< what the effects say instead; no full stop
    std::vector<std::size_t> facts{}; ///< positions in the effects; none where something is missing
    friend bool operator==(const Doubt&, const Doubt&) = default;
};

/// Pure, and one-way: words that say nothing that is understood here give no doubt, and nothing
/// else follows from that. English only; at most 12.
std::vector<Doubt> doubts_of(std::string_view title, std::string_view rationale,
                             const proposals::Effects& effects);

} // namespace agentd::explanation
