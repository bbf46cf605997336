#include "proposals/patch_header.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

constexpr std::array<std::string_view, 13> header_starts{
    "new file mode ", "deleted file mode ", "old mode ",    "new mode ", "index ",
    "similarity ",    "dissimilarity ",     "rename ",      "copy ",     "GIT binary patch",
    "Binary files ",  "new file ",          "deleted file "};
constexpr std::size_t longest_line_number = 9; ///< digits

Problem bad_header(std::string message) {
    return {.code = "bad_header", .message = std::move(message)};
}

/// A line number or count: digits without a leading zero, taken off `rest`.
std::optional<std::size_t> take_number(std::string_view& rest) {
    const auto end = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto digits = rest.substr(0, end);
    const bool fits = end != 0 && end <= longest_line_number && (end == 1 || digits[0] != '0');
    const auto number = fits ? core::parse_integer(digits) : std::nullopt;
    rest.remove_prefix(end);
    return number ? std::optional(static_cast<std::size_t>(*number)) : std::nullopt;
}

bool take(std::string_view& rest, std::string_view expected) {
    const bool found = rest.starts_with(expected);
    rest.remove_prefix(found ? expected.size() : 0);
    return found;
}

/// `a` or `a,b`; without `,b` it is one line.
bool take_range(std::string_view& rest, std::size_t& start, std::size_t& count) {
    const auto first = take_number(rest);
    const auto second = take(rest, ",") ? take_number(rest) : std::optional<std::size_t>(1);
    if (!first || !second) {
        return false;
    }
    start = *first;
    count = *second;
    return start != 0 || count == 0;
}

bool is_blob_name(std::string_view text) {
    return text.size() >= 7 && text.size() <= 40 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_nothing(std::string_view blob) {
    return blob.find_first_not_of('0') == std::string_view::npos;
}

std::optional<FileMode> parse_mode(std::string_view text) {
    for (const auto mode :
         {FileMode::file, FileMode::executable, FileMode::symlink, FileMode::submodule}) {
        if (text == to_string(mode)) {
            return mode;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> header_path(std::string_view names) {
    // Both names are the same path, so the length alone says where the first ends, blanks or not.
    if (names.size() < 7 || names.size() % 2 == 0) {
        return std::nullopt;
    }
    const auto path = names.substr(2, (names.size() - 5) / 2);
    const std::string whole = "a/" + std::string(path) + " b/" + std::string(path);
    return whole == names ? std::optional(std::string(path)) : std::nullopt;
}

bool is_rename_line(std::string_view line) noexcept {
    return line.starts_with("rename ") || line.starts_with("copy ") ||
           line.starts_with("similarity ");
}

bool is_file_line(std::string_view line, std::string_view prefix, std::string_view name) {
    if (!take(line, prefix) || !take(line, name)) {
        return false;
    }
    return line.empty() || (line == "\t" && name.find(' ') != std::string_view::npos);
}

std::optional<Hunk> parse_hunk_header(std::string_view line) {
    Hunk hunk;
    const bool fits = take(line, "@@ -") && take_range(line, hunk.old_start, hunk.old_lines) &&
                      take(line, " +") && take_range(line, hunk.new_start, hunk.new_lines) &&
                      take(line, " @@") && (line.empty() || line.front() == ' ');
    return fits ? std::optional(hunk) : std::nullopt;
}

bool HeaderReader::wants(std::string_view line) const noexcept {
    return std::any_of(header_starts.begin(), header_starts.end(),
                       [&](std::string_view start) { return line.starts_with(start); });
}

Result<Done> HeaderReader::take_mode(std::string_view text, std::optional<FileMode>& into) {
    const auto mode = parse_mode(text);
    if (!mode) {
        return Problem{.code = "bad_mode",
                       .message = "mode `" +
                                  core::printable(core::shorten(core::to_utf8(text), 20)) +
                                  "` is not taken; 100644 and 100755 are"};
    }
    if (mode == FileMode::symlink) {
        return Problem{.code = "symlink", .message = "symbolic links are not taken"};
    }
    if (mode == FileMode::submodule) {
        return Problem{.code = "submodule", .message = "submodules are not taken"};
    }
    if (into) {
        return bad_header("a mode is given twice");
    }
    into = mode;
    return Done{};
}

Result<Done> HeaderReader::take_index(std::string_view text) {
    const auto dots = text.find("..");
    const auto blank = std::min(text.find(' '), text.size());
    if (has_index_ || dots == std::string_view::npos || dots > blank) {
        return bad_header("the `index` line is malformed");
    }
    const auto old_blob = text.substr(0, dots);
    const auto new_blob = text.substr(dots + 2, blank - dots - 2);
    if (!is_blob_name(old_blob) || !is_blob_name(new_blob)) {
        return bad_header("the `index` line is malformed");
    }
    has_index_ = true;
    old_is_nothing_ = is_nothing(old_blob);
    new_is_nothing_ = is_nothing(new_blob);
    file_.old_blob = old_blob;
    if (blank == text.size()) {
        return Done{};
    }
    // git names the mode here only when it stays.
    if (auto done = take_mode(text.substr(blank + 1), file_.old_mode); !done) {
        return done;
    }
    return take_mode(text.substr(blank + 1), file_.new_mode);
}

Result<Done> HeaderReader::take(std::string_view line) {
    if (is_rename_line(line) || line.starts_with("dissimilarity ")) {
        return Problem{.code = "rename_unsupported",
                       .message = "renames and copies are not taken",
                       .hint = "make the patch with `git diff --no-renames`"};
    }
    if (line.starts_with("GIT binary patch") || line.starts_with("Binary files ")) {
        return Problem{.code = "binary", .message = "binary changes are not taken"};
    }
    if (line.starts_with("index ")) {
        return take_index(line.substr(6));
    }
    if (line.starts_with("old mode ")) {
        return take_mode(line.substr(9), file_.old_mode);
    }
    if (line.starts_with("new mode ")) {
        return take_mode(line.substr(9), file_.new_mode);
    }
    const bool added = line.starts_with("new file mode ");
    if (whole_ || (!added && !line.starts_with("deleted file mode "))) {
        return bad_header("a line of the header is malformed or given twice");
    }
    whole_ = true;
    file_.kind = added ? PatchKind::added : PatchKind::removed;
    return added ? take_mode(line.substr(14), file_.new_mode)
                 : take_mode(line.substr(18), file_.old_mode);
}

Result<Done> HeaderReader::finish() const {
    const bool added = file_.kind == PatchKind::added;
    const bool removed = file_.kind == PatchKind::removed;
    if ((added && file_.old_mode) || (removed && file_.new_mode) ||
        (!added && !removed && file_.old_mode.has_value() != file_.new_mode.has_value())) {
        return bad_header("the modes do not fit what happens to the file");
    }
    if (has_index_ && (old_is_nothing_ != added || new_is_nothing_ != removed)) {
        return bad_header("the `index` line does not fit what happens to the file");
    }
    return Done{};
}

} // namespace agentd::proposals
