/// @file
/// Small operations on text. Nothing here knows a locale.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::core {

std::string_view trim(std::string_view text) noexcept;
/// Splits at every `separator`; "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Lines without their LF; a missing last LF makes no difference.
std::vector<std::string_view> lines(std::string_view text);
/// The parts point into the text: of one that is gone at the end of the statement there are none.
template <std::same_as<std::string> Gone>
std::vector<std::string_view> split(Gone&&, char) = delete;
template <std::same_as<std::string> Gone> std::vector<std::string_view> lines(Gone&&) = delete;
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string to_lower(std::string_view ascii);

/// A whole decimal number and nothing else, or nullopt (also on overflow).
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;
/// Bytes from outside as valid UTF-8: each bad byte becomes U+FFFD.
std::string to_utf8(std::string_view bytes);

/// A code point that can make text look like what it is not (controls, bidi, zero width, tags).
struct HiddenCodePoint {
    std::size_t column{}; ///< in code points, from 0
    char32_t code_point{};
    friend bool operator==(const HiddenCodePoint&, const HiddenCodePoint&) = default;
};
/// Every hidden code point of one line of valid UTF-8; TAB is not hidden.
std::vector<HiddenCodePoint> hidden_code_points(std::string_view line);

/// Safe to print on a terminal: hidden code points drawn as `\u{202E}`, LF and TAB kept.
std::string printable(std::string_view text);

/// At most `limit` bytes, cut at a code point, with `…` when something was cut.
std::string shorten(std::string_view text, std::size_t limit);

/// Edit distance (Levenshtein), for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);
/// Up to `limit` of `candidates`, nearest to `wanted` first, none hopelessly far away.
std::vector<std::string> nearest(std::string_view wanted, std::span<const std::string> candidates,
                                 std::size_t limit = 3);

} // namespace agentd::core
