#include "agentd/core/look_alikes.hpp"

#include <algorithm>
#include <array>

namespace agentd::core {

namespace {

enum class Kind { letter, other };

struct Range {
    char32_t first;
    char32_t last;
    Kind kind;
};

constexpr auto letter = Kind::letter;
constexpr auto other = Kind::other;
constexpr std::array ranges = std::to_array<Range>({
#include "agentd/core/look_alikes.inc"
});

const Range* look_alike(char32_t c) noexcept {
    const auto found = std::find_if(ranges.begin(), ranges.end(), [&](const Range& range) {
        return c >= range.first && c <= range.last;
    });
    return found == ranges.end() ? nullptr : &*found;
}

bool is_ascii_letter(char32_t c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Takes one code point off the front of valid UTF-8.
char32_t next(std::string_view& text) noexcept {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    text.remove_prefix(length);
    return value;
}

/// Letters side by side: what is read as one name.
struct Word {
    std::vector<HiddenCodePoint> suspects{};
    bool ascii = false;
    bool foreign = false; ///< a letter that looks like no ASCII one

    void end(std::vector<HiddenCodePoint>& found) {
        if (ascii || !foreign) {
            found.insert(found.end(), suspects.begin(), suspects.end());
        }
        *this = {};
    }
};

std::vector<HiddenCodePoint> look_alikes(std::string_view line) {
    std::vector<HiddenCodePoint> found;
    Word word;
    for (std::size_t column = 0; !line.empty(); ++column) {
        const char32_t c = next(line);
        const Range* range = c < 0x80 ? nullptr : look_alike(c);
        if (range != nullptr && range->kind == Kind::letter) {
            word.suspects.push_back({.column = column, .code_point = c});
        } else if (range != nullptr) {
            word.end(found);
            found.push_back({.column = column, .code_point = c});
        } else if (is_ascii_letter(c)) {
            word.ascii = true;
        } else if (c >= 0x80) {
            word.foreign = true;
        } else {
            word.end(found);
        }
    }
    word.end(found);
    return found;
}

} // namespace

std::vector<HiddenCodePoint> deceiving_code_points(std::string_view line) {
    auto found = hidden_code_points(line);
    const auto alike = look_alikes(to_utf8(line)); // each bad byte is one column there, too
    found.insert(found.end(), alike.begin(), alike.end());
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.column < b.column; });
    return found;
}

} // namespace agentd::core
