#include "proposals/nix_words.hpp"

#include <algorithm>

namespace agentd::proposals {

namespace {

constexpr std::size_t longest = 128;

bool begins_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool continues_word(char c) noexcept {
    return begins_word(c) || (c >= '0' && c <= '9') || c == '-' || c == '\'';
}
bool may_be_name(char c) noexcept {
    return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '$';
}

/// The content of a literal that begins after the quote at the start of `text`; empty when it is no
/// name.
std::string_view quoted_name(std::string_view text) {
    text.remove_prefix(1);
    const auto end = std::find_if_not(text.begin(), text.end(), may_be_name);
    const auto size = static_cast<std::size_t>(end - text.begin());
    return end != text.end() && *end == '"' && size <= longest ? text.substr(0, size)
                                                               : std::string_view();
}

} // namespace

void collect_nix_words(std::string_view text, std::set<std::string>& words) {
    while (!text.empty()) {
        if (begins_word(text.front())) {
            const auto end = std::find_if_not(text.begin(), text.end(), continues_word);
            const auto size = static_cast<std::size_t>(end - text.begin());
            if (size <= longest) {
                words.emplace(text.substr(0, size));
            }
            text.remove_prefix(size);
            continue;
        }
        if (text.front() == '"') {
            if (const auto name = quoted_name(text); !name.empty()) {
                words.emplace(name);
            }
        }
        text.remove_prefix(1);
    }
}

} // namespace agentd::proposals
