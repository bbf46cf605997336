#include "proposals/nix_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals {

namespace {

// Words that Nix does not take as a bare attribute name. `or` it takes, but reads badly: quoted as
// well.
constexpr std::array<std::string_view, 10> keywords{"assert", "else", "if",  "in",   "inherit",
                                                    "let",    "or",   "rec", "then", "with"};

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_inner(char c) noexcept {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '\'';
}

/// The character that stands after a backslash, or NUL when `c` needs none.
char escape_of(char c) noexcept {
    switch (c) {
    case '"':
    case '\\':
    case '$': // every dollar, so that no `${` can come about
        return c;
    case '\n':
        return 'n';
    case '\t':
        return 't';
    case '\r':
        return 'r';
    default:
        return '\0';
    }
}

} // namespace

bool is_nix_identifier(std::string_view text) noexcept {
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), is_inner) &&
           std::find(keywords.begin(), keywords.end(), text) == keywords.end();
}

std::string nix_name(std::string_view name) {
    return is_nix_identifier(name) ? std::string(name) : nix_string(name);
}

std::string nix_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const char escaped = escape_of(c);
        if (escaped != '\0') {
            out += '\\';
        }
        out += escaped != '\0' ? escaped : c;
    }
    return out + "\"";
}

std::string nix_integer(std::int64_t number) {
    const std::string digits = std::to_string(number);
    return number < 0 ? "(" + digits + ")" : digits;
}

} // namespace agentd::proposals
