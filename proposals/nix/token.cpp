#include "proposals/nix/token.hpp"

#include <array>

namespace agentd::proposals::nix {

namespace {

constexpr std::array<std::string_view, token_kinds> descriptions{
    "the end of the file",
    "something that is not Nix",
    "a name",
    "a number",
    "a number",
    "a path",
    "a search path",
    "a URL",
    "a string",
    "the text of a string",
    "the `\"` that ends a string",
    "an indented string",
    "the text of an indented string",
    "the `''` that ends an indented string",
    "`${`",
    "the `}` that ends an interpolation",
    "the word `assert`",
    "the word `else`",
    "the word `if`",
    "the word `in`",
    "the word `inherit`",
    "the word `let`",
    "the word `or`",
    "the word `rec`",
    "the word `then`",
    "the word `with`",
    "`{`",
    "`}`",
    "`[`",
    "`]`",
    "`(`",
    "`)`",
    "`;`",
    "`:`",
    "`,`",
    "`.`",
    "`...`",
    "`@`",
    "`?`",
    "`=`",
    "`!`",
    "`-`",
    "`+`",
    "`*`",
    "`/`",
    "`++`",
    "`//`",
    "`<`",
    "`>`",
    "`<=`",
    "`>=`",
    "`==`",
    "`!=`",
    "`&&`",
    "`||`",
    "`->`",
    "`|>`",
    "`<|`",
};

} // namespace

std::string_view describe(TokenKind kind) noexcept {
    return descriptions[static_cast<std::size_t>(kind)];
}

} // namespace agentd::proposals::nix
