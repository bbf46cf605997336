#include "agentd/explanation/words.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::explanation {

namespace {

constexpr std::size_t most_words = 4'000;

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_inner(char c) {
    return c == '.' || c == '_' || c == '-' || c == '+' || c == '/';
}

} // namespace

Words::Words(std::string_view text) {
    for (std::size_t at = 0; at < text.size() && words_.size() < most_words;) {
        if (is_alnum(text[at])) {
            auto end = at + 1;
            while (end < text.size() &&
                   (is_alnum(text[end]) ||
                    (is_inner(text[end]) && end + 1 < text.size() && is_alnum(text[end + 1])))) {
                ++end;
            }
            words_.push_back(core::to_lower(text.substr(at, end - at)));
            at = end;
            continue;
        }
        const bool stops = text[at] == '.' || text[at] == '!' || text[at] == '?' ||
                           text[at] == ';' || text[at] == '\n' || text[at] == ':';
        // `don't` is one word to a reader.
        if (text[at] == '\'' && !words_.empty() && at + 1 < text.size() && is_alnum(text[at + 1])) {
            auto end = at + 1;
            while (end < text.size() && is_alnum(text[end])) {
                ++end;
            }
            words_.back() += core::to_lower(text.substr(at + 1, end - at - 1));
            at = end;
            continue;
        }
        if (stops && !words_.empty() && !words_.back().empty()) {
            words_.emplace_back();
        }
        ++at;
    }
    sorted_.insert(words_.begin(), words_.end());
    sorted_.erase("");
}

std::optional<std::size_t> Words::find(std::string_view phrase, std::size_t start) const {
    const auto wanted = core::split(phrase, ' ');
    const auto found =
        std::search(words_.begin() + static_cast<std::ptrdiff_t>(std::min(start, words_.size())),
                    words_.end(), wanted.begin(), wanted.end());
    return found == words_.end() ? std::nullopt
                                 : std::optional(static_cast<std::size_t>(found - words_.begin()));
}

bool Words::has_any(std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return has(word); });
}

const std::string& Words::at(std::size_t index) const {
    static const std::string none;
    return index < words_.size() ? words_[index] : none;
}

} // namespace agentd::explanation
