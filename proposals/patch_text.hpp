/// @file
/// The text of a unified diff in git's form as a value. Nothing here knows the base.
#pragma once

#include "proposals/intake.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

/// Views into the patch's text, which has to live as long.
struct HunkLine {
    char kind = ' '; ///< ' ', '+' or '-'
    std::string_view text{};
    bool newline = true; ///< false: the file ends here without LF
    std::size_t at = 0;  ///< line of the patch, from 1
};

struct Hunk {
    std::size_t old_start = 0;
    std::size_t old_lines = 0;
    std::size_t new_start = 0;
    std::size_t new_lines = 0;
    std::vector<HunkLine> lines{};
    std::size_t at = 0;
};

enum class PatchKind { modified, added, removed };

struct PatchFile {
    std::string path{};
    PatchKind kind = PatchKind::modified;
    std::optional<FileMode> old_mode{}; ///< as the patch claims
    std::optional<FileMode> new_mode{};
    std::string_view old_blob{}; ///< of the `index` line: at least 7 hex digits, or empty
    std::vector<Hunk> hunks{};
    std::size_t at = 0;
};

/// Understands every byte or says what it does not understand.
core::Result<std::vector<PatchFile>> parse_patch(std::string_view patch,
                                                 const IntakeLimits& limits);

} // namespace agentd::proposals
