/// @file
/// The daemon's own difference of two trees, as a value for pages and as text.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "proposals/proposal.hpp"
#include "proposals/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

/// Code points [start, end) of a line's text.
struct LineSpan {
    std::uint32_t start{};
    std::uint32_t end{};
    friend bool operator==(const LineSpan&, const LineSpan&) = default;
};
struct LineColour {
    LineSpan span{};
    std::string_view kind{}; ///< one of proposals/nix/highlight.hpp, as its text; lives for ever
    friend bool operator==(const LineColour&, const LineColour&) = default;
};

struct DiffLine {
    char kind = ' ';                        ///< ' ', '+' or '-'
    std::optional<std::int64_t> old_line{}; ///< from 1
    std::optional<std::int64_t> new_line{};
    std::string text{}; ///< without LF; valid UTF-8 (bad bytes are U+FFFD and marked)
    std::vector<core::HiddenCodePoint> marks{};
    bool no_newline = false; ///< the file ends here without LF
    /// Of '+' and '-': the number, on the other side, of the line that this one was or became.
    std::optional<std::int64_t> pair{};
    std::vector<LineSpan> changed{};   ///< of a paired line: what is otherwise, in order
    std::vector<LineColour> colours{}; ///< in order, not overlapping; what lies between is plain
    friend bool operator==(const DiffLine&, const DiffLine&) = default;
};

struct DiffHunk {
    std::int64_t old_start = 0;
    std::int64_t old_lines = 0;
    std::int64_t new_start = 0;
    std::int64_t new_lines = 0;
    std::vector<DiffLine> lines{};
    friend bool operator==(const DiffHunk&, const DiffHunk&) = default;
};

struct DiffFile {
    std::string path{};
    std::optional<std::string> old_path{}; ///< the path before; null when the file is new
    ChangeKind change{};
    std::optional<FileMode>
        old_mode{}; ///< not in the JSON; a mode change is drawn as a line of the first hunk
    std::optional<FileMode> new_mode{};
    std::vector<DiffHunk> hunks{};
    friend bool operator==(const DiffFile&, const DiffFile&) = default;
};

/// The contract's `DiffFile`.
core::Json to_json(const DiffFile& file);
/// What `git diff` writes above the hunks, as lines.
std::string header_text(const DiffFile& file);
/// A unified diff, hidden code points left as they are (print it with `core::printable`).
std::string as_text(const std::vector<DiffFile>& files);

} // namespace agentd::proposals
