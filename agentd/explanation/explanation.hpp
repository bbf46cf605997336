/// @file
/// What a person reads about a change: sentences that follow from its effects, the gravest first.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/explanation/claims.hpp"
#include "proposals/diff.hpp"
#include "proposals/effects.hpp"
#include "proposals/option_change.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace agentd::explanation {

/// Where what a sentence tells is written down.
struct Place {
    std::string file{};                 ///< of the flake, or a path in the built system
    std::optional<std::int64_t> line{}; ///< of a file of the flake
    bool built = false;                 ///< `file` is in the built system
    friend bool operator==(const Place&, const Place&) = default;
};

/// One thing that would be otherwise. Its text is safe to draw and has no full stop.
struct Sentence {
    static constexpr std::size_t max_text = 1'000;

    proposals::Risk risk = proposals::Risk::none; ///< of its gravest fact
    std::string text{};
    std::vector<std::size_t> facts{}; ///< positions in the effects, rising, at least one
    std::optional<Place> place{};
    friend bool operator==(const Sentence&, const Sentence&) = default;
};

struct Explanation {
    std::vector<Sentence> sentences{}; ///< by falling risk; every effect is in one at least
    std::string headline{};            ///< one line for lists and notices
    std::vector<Doubt> doubts{};       ///< where the proposer's words do not fit
    friend bool operator==(const Explanation&, const Explanation&) = default;
};

/// What is known of a change beside its effects: hints that find a place, and what is claimed of
/// it. None of it makes a sentence.
struct Sources {
    const proposals::OptionChanges* options = nullptr;
    const std::vector<proposals::DiffFile>* diff = nullptr;
    std::string_view title{};
    std::string_view rationale{};
};

/// Pure. `effects` are in their order, as every document of them is.
Explanation explain(const proposals::Effects& effects, const Sources& sources = {});

/// `Port 8080/tcp will be reachable from the network, and 3 more changes`: of `explain`, without
/// its places.
std::string headline(const proposals::Effects& effects);

/// Text from outside as it may be drawn: what hides or is drawn as an ASCII character is, becomes
/// its number.
std::string drawn(std::string_view text);

core::Json to_json(const Explanation& explanation);

} // namespace agentd::explanation
