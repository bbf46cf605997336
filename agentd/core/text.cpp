#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace agentd::core {

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view space = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(at + 1);
    }
}

std::vector<std::string_view> lines(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    if (text.back() == '\n') {
        text.remove_suffix(1);
    }
    return split(text, '\n');
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i != 0) {
            out += separator;
        }
        out += parts[i];
    }
    return out;
}

std::string to_lower(std::string_view ascii) {
    std::string out(ascii);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

namespace {

struct Decoded {
    char32_t code_point{};
    std::size_t length{}; ///< 0: not well formed here
};

Decoded decode(std::string_view bytes) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80) {
        return {lead, 1};
    }
    const std::size_t length = lead >= 0xF0 && lead <= 0xF4   ? 4
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xC2 && lead <= 0xDF ? 2
                                                              : 0;
    if (length == 0 || bytes.size() < length) {
        return {};
    }
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0) != 0x80) {
            return {};
        }
        value = (value << 6) | (at(i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < smallest[length] || surrogate || value > 0x10FFFF) {
        return {};
    }
    return {value, length};
}

struct Range {
    char32_t first;
    char32_t last;
};
constexpr auto hidden_ranges = std::to_array<Range>({
#include "agentd/core/hidden_code_points.inc"
});

bool is_hidden(char32_t c) noexcept {
    return (c < 0x20 || c > 0x7E) &&
           std::any_of(hidden_ranges.begin(), hidden_ranges.end(),
                       [&](const Range& range) { return c >= range.first && c <= range.last; });
}

} // namespace

bool is_utf8(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const auto decoded = decode(bytes);
        if (decoded.length == 0) {
            return false;
        }
        bytes.remove_prefix(decoded.length);
    }
    return true;
}

std::string to_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto decoded = decode(bytes);
        if (decoded.length == 0) {
            out += "\xEF\xBF\xBD";
            bytes.remove_prefix(1);
            continue;
        }
        out += bytes.substr(0, decoded.length);
        bytes.remove_prefix(decoded.length);
    }
    return out;
}

std::vector<HiddenCodePoint> hidden_code_points(std::string_view line) {
    std::vector<HiddenCodePoint> found;
    for (std::size_t column = 0; !line.empty(); ++column) {
        const auto decoded = decode(line);
        if (decoded.length == 0 || is_hidden(decoded.code_point)) {
            found.push_back({.column = column,
                             .code_point = decoded.length == 0 ? 0xFFFD : decoded.code_point});
        }
        line.remove_prefix(std::max<std::size_t>(decoded.length, 1));
    }
    return found;
}

std::string printable(std::string_view text) {
    const auto plain = [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; };
    const auto odd = std::find_if_not(text.begin(), text.end(), plain);
    std::string out(text.begin(), odd);
    text.remove_prefix(out.size());
    out.reserve(out.size() + text.size());
    while (!text.empty()) {
        const auto decoded = decode(text);
        if (decoded.length == 0) {
            std::array<char, 8> drawn{};
            std::snprintf(drawn.data(), drawn.size(), "\\x%02X",
                          static_cast<unsigned>(static_cast<unsigned char>(text[0])));
            out += drawn.data();
            text.remove_prefix(1);
            continue;
        }
        if (decoded.code_point != '\n' && is_hidden(decoded.code_point)) {
            std::array<char, 16> drawn{};
            std::snprintf(drawn.data(), drawn.size(), "\\u{%04X}",
                          static_cast<unsigned>(decoded.code_point));
            out += drawn.data();
        } else {
            out += text.substr(0, decoded.length);
        }
        text.remove_prefix(decoded.length);
    }
    return out;
}

std::string shorten(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) {
        return std::string(text);
    }
    std::size_t cut = limit;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) {
        --cut;
    }
    return std::string(text.substr(0, cut)) + "…";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

std::vector<std::string> nearest(std::string_view wanted, std::span<const std::string> candidates,
                                 std::size_t limit) {
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const std::string& candidate : candidates) {
        const bool contains = candidate.find(wanted) != std::string::npos && wanted.size() >= 3;
        const std::size_t distance = contains ? 1 : edit_distance(wanted, candidate);
        if (distance <= std::max<std::size_t>(2, wanted.size() / 3)) {
            ranked.emplace_back(distance, candidate);
        }
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> out;
    for (auto& [distance, name] : ranked) {
        if (out.size() == limit) {
            break;
        }
        out.push_back(std::move(name));
    }
    return out;
}

} // namespace agentd::core
