/// @file
/// Cuts a text into the tokens of Nix, as Nix's own lexer does: the longest match wins.
#pragma once

#include "proposals/nix/token.hpp"

#include <string_view>
#include <vector>

namespace agentd::proposals::nix {

/// Why a text stopped being tokens; `what` is "expected …" of a SyntaxError. Both are constants.
struct LexicalFault {
    std::string_view expected{};
    std::string_view found{};
    std::uint32_t opened{};    ///< offset of what was opened and is not closed …
    std::string_view opener{}; ///< … and its name; empty when there is none
};

struct Lexed {
    /// Ends with `end`; before it `broken` when there is a fault.
    std::vector<Token> tokens{};
    LexicalFault fault{};
};

/// `source` has at most 2^32 - 2 bytes. Linear in it.
Lexed lex(std::string_view source);

/// The comments of a gap between two tokens (or before the first): their spans, in order. A
/// comment to the end of its line does not hold the line's end.
struct Comment {
    std::uint32_t start{};
    std::uint32_t end{};
    bool block{}; ///< `/* … */`
};
std::vector<Comment> comments_in(std::string_view source, std::uint32_t from, std::uint32_t to);

} // namespace agentd::proposals::nix
