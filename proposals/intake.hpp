/// @file
/// Strict intake of a unified diff: all of it is understood and fits the base, or nothing is taken.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/intake_flag.hpp"
#include "proposals/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

struct IntakeFile {
    FileEdit edit{};
    std::vector<Flag> flags{}; ///< sorted, each once
    friend bool operator==(const IntakeFile&, const IntakeFile&) = default;
};

struct IntakeLimits {
    std::size_t patch_bytes = 512U << 10;
    std::size_t files = 200;
    std::size_t blob_bytes = 1U << 20;
    std::size_t path_bytes = 512;
    std::size_t path_depth = 32;
};

/// Codes of the Problems; `where` is `patch:LINE` or `PATH:LINE`:
/// `empty`, `too_large`, `too_many_files`, `prose`, `bad_header`, `bad_hunk`, `path_escape`,
/// `bad_path`, `git_metadata`, `symlink`, `submodule`, `bad_mode`, `binary`, `rename_unsupported`,
/// `control_char`, `hidden_unicode`, `bad_encoding`, `stale_base` (an `index` line names another
/// blob), `does_not_apply`, `no_such_file`, `already_exists`, `file_twice`, `path_conflict`,
/// `no_change`.
core::Result<std::vector<IntakeFile>> take_patch(std::string_view patch, const TreeReader& base,
                                                 const IntakeLimits& limits = {});

/// The same rules for files that come as bytes: path, mode, text, collision with the base.
core::Result<std::vector<IntakeFile>>
take_edits(std::vector<FileEdit> edits, const TreeReader& base, const IntakeLimits& limits = {});

} // namespace agentd::proposals
