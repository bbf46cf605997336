/// @file
/// The colours of a Nix text: what the page and the terminal draw.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace agentd::proposals::nix {

enum class ColourKind : std::uint8_t {
    keyword,   ///< `let`, `inherit`, …
    constant,  ///< `true`, `false`, `null`
    variable,  ///< any other name that is looked up
    attribute, ///< a name on the left of `=`, after `.` and `?`, and in `inherit`
    argument,  ///< a name that a function binds
    number,
    string,        ///< text of a string, with its quotes
    interpolation, ///< `${` and its `}`
    path,          ///< `./x`, `~/x`, `<x>`
    url,
    comment,
    operation, ///< `++`, `//`, `!`, …
    mark,      ///< brackets, `=`, `;`, `:`, `,`, `.`, `@`, `...`
    broken,    ///< from where on the text is no Nix
};

/// The stable name, as the page's style sheet has it: `keyword`, `attribute`, ….
std::string_view to_string(ColourKind kind) noexcept;

/// Bytes [start, end).
struct Colour {
    std::uint32_t start{};
    std::uint32_t end{};
    ColourKind kind{};
};

/// In order, not overlapping; what lies between is blank. A text that is no Nix is coloured as far
/// as its tokens go. A colour may span lines (comments, strings). Linear in the text; at most
/// 4 GiB.
std::vector<Colour> highlight(std::string_view source);

/// The same, line by line: of line i (from 0, without its LF) the colours, with offsets from the
/// beginning of that line. As many as the text has lines; a last LF begins none.
std::vector<std::vector<Colour>> highlight_lines(std::string_view source);

} // namespace agentd::proposals::nix
