/// @file
/// Tokens of the Nix language: what a text is cut into, with nothing lost between them but gaps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace agentd::proposals::nix {

/// The words and marks of Nix up to 2.34. A text that is interpolated is several tokens:
/// `string_open string_text interpolation_open … interpolation_close string_close`. A path has no
/// opening and no end: its pieces (`path_text`, interpolations) touch each other.
enum class TokenKind : std::uint8_t {
    end,    ///< after the last; empty
    broken, ///< here the text stops being Nix; nothing follows but `end`
    identifier,
    integer,
    floating,
    path_text, ///< `./a`, `a/b`, `~/x`, and what stands between interpolations of a path
    search_path,
    uri,
    string_open,
    string_text,
    string_close,
    indented_open,
    indented_text,
    indented_close,
    interpolation_open,
    interpolation_close,
    kw_assert,
    kw_else,
    kw_if,
    kw_in,
    kw_inherit,
    kw_let,
    kw_or,
    kw_rec,
    kw_then,
    kw_with,
    brace_open,
    brace_close,
    bracket_open,
    bracket_close,
    paren_open,
    paren_close,
    semicolon,
    colon,
    comma,
    dot,
    ellipsis,
    at,
    question,
    assign,
    exclamation,
    minus,
    plus,
    times,
    divide,
    concat,        ///< `++`
    update,        ///< `//`
    less,          ///< `<`
    greater,       ///< `>`
    less_equal,    ///< `<=`
    greater_equal, ///< `>=`
    equal,         ///< `==`
    not_equal,     ///< `!=`
    both,          ///< `&&`
    either,        ///< `||`
    implies,       ///< `->`
    pipe_into,     ///< `|>`
    pipe_from,     ///< `<|`
};
inline constexpr std::size_t token_kinds = static_cast<std::size_t>(TokenKind::pipe_from) + 1;

/// Bytes [start, end) of the source.
struct Token {
    std::uint32_t start{};
    std::uint32_t end{};
    TokenKind kind{};
};

constexpr bool is_keyword(TokenKind kind) noexcept {
    return kind >= TokenKind::kw_assert && kind <= TokenKind::kw_with;
}
/// `+`, `//`, `!`, `->` and their like; not the marks that build sets, lists and functions.
constexpr bool is_operator(TokenKind kind) noexcept {
    return kind >= TokenKind::question && kind != TokenKind::assign;
}
/// For people: "a name", "`;`", "the end of the file".
std::string_view describe(TokenKind kind) noexcept;

} // namespace agentd::proposals::nix
