/// @file
/// A goal as words: what is quoted, what is a mark, and what a person wrote.
#pragma once

#include "agentd/core/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners::goal {

struct Token {
    std::string text{};  ///< as written, without quotes around it
    std::string lower{}; ///< "" of what is quoted: it is no word of the language
    bool quoted = false; ///< it stood in quotes
    bool mark = false;   ///< one of , ; : . ( ) = [ ] and the 's of "bob's"
    bool is(std::string_view word) const noexcept { return !quoted && lower == word; }
};
using Tokens = std::vector<Token>;

/// Problems: `empty_goal`, `bad_goal`, `too_many`.
core::Result<Tokens> tokens_of(std::string_view goal);

} // namespace agentd::planners::goal
