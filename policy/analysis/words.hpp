/// @file
/// Words that match some patterns and no others: where an analysis takes its examples from.
#pragma once

#include "policy/glob.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace agentd::policy {

/// What a word has to be. What is pointed to has to outlive the wish.
struct WordWish {
    std::vector<const std::vector<Glob>*> match{};          ///< one of the patterns of each
    std::vector<const std::vector<Glob>*> avoid{};          ///< no pattern of any
    std::vector<const std::vector<std::string>*> among{};   ///< listed in each
    std::vector<const std::vector<std::string>*> outside{}; ///< listed in none

    friend WordWish operator+(WordWish a, const WordWish& b);
};
WordWish among(const std::vector<std::string>& names);
WordWish outside(const std::vector<std::string>& names);
WordWish match(const std::vector<Glob>& globs);
WordWish avoid(const std::vector<Glob>& globs);

struct Words {
    std::vector<std::string> found{}; ///< different ones, short ones first; none is empty
    bool all = false;                 ///< there are no others (else: enough, or it was given up)
};

/// Up to `count` words. Exact while the patterns together have at most 4,096 states, name ASCII
/// alone and not every letter of it; beyond that fewer words may be found than there are, and `all`
/// stays false.
Words find_words(const WordWish& wish, std::size_t count);

} // namespace agentd::policy
