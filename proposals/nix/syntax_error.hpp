/// @file
/// Why a text is not Nix, for people: where, what was expected, what stands there instead.
#pragma once

#include "agentd/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals::nix {

/// A place in a text, as editors count: from 1, lines end with LF, columns are code points.
struct Position {
    std::uint32_t line{1};
    std::uint32_t column{1};
    friend bool operator==(const Position&, const Position&) = default;
};

/// O(offset); an offset past the end is the end.
Position position_of(std::string_view source, std::size_t offset) noexcept;

/// Text of a source for a sentence: in back quotes, on one line, short, with nothing hidden.
std::string quoted(std::string_view text);

struct SyntaxError {
    std::uint32_t offset{};              ///< in bytes, of what was found
    Position at{};                       ///< the same for people
    std::string expected{};              ///< "`;` after the value of `services.nginx.enable`"
    std::string found{};                 ///< "`}`", "the name `enable`"
    std::optional<Position> opened_at{}; ///< where what is not closed was opened
    std::string opened{};                ///< "`{`"; empty when nothing is open

    /// `line 3, column 5: expected `;` …, found `}`; `{` of line 1, column 3 is still open`
    std::string message() const;
    /// Code `nix_syntax`, `where` = "file:line:column".
    core::Problem problem(std::string_view file) const;
};

} // namespace agentd::proposals::nix
