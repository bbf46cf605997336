/// @file
/// A goal as clauses: what to do, and with what. Knows words, no packages and no options.
#pragma once

#include "agentd/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners {

enum class Verb { install, remove, open, close, enable, disable };

/// A word as it was written, without punctuation.
struct Word {
    std::string text{};
    std::string lower{};
    bool after_separator = false; ///< "and", a comma or the like stood before it
};

struct Clause {
    Verb verb{};
    std::vector<Word> objects{}; ///< never empty
};

inline constexpr std::size_t max_words = 200;

/// Problems: `empty_goal`, `not_understood`, `too_many`.
core::Result<std::vector<Clause>> read_sentence(std::string_view goal);

/// The problem of a goal that is not understood, with examples.
core::Problem not_understood(std::string why);

} // namespace agentd::planners
