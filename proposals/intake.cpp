#include "proposals/intake.hpp"

#include "proposals/intake_path.hpp"
#include "proposals/intake_text.hpp"
#include "proposals/names.hpp"
#include "proposals/patch_apply.hpp"
#include "proposals/patch_text.hpp"

#include <algorithm>
#include <set>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

constexpr Names<Flag, 9> flag_names{"mode_change", "hidden_unicode", "control_char",
                                    "not_utf8",    "unreviewable",   "flake_file",
                                    "lock_file",   "secrets",        "agentd_file"};

Problem about(std::string_view path, std::string code, std::string message, std::string hint = {}) {
    return {.code = std::move(code),
            .message = std::move(message),
            .where = std::string(path),
            .hint = std::move(hint)};
}

Problem stale(std::string_view path, std::string message) {
    return about(path, "stale_base", std::move(message),
                 "make the patch again on the current head of the branch");
}

/// Nothing above the path may be a file, link or submodule, and the path itself no directory.
Result<Done> check_place(std::string_view path, const TreeReader& base) {
    for (auto slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
        const auto above = base.find(path.substr(0, slash));
        if (!above) {
            break;
        }
        if (above->mode == FileMode::symlink) {
            return about(path, "symlink", "the path goes through a symbolic link");
        }
        if (above->mode == FileMode::submodule) {
            return about(path, "submodule", "the path goes into a submodule");
        }
        if (above->mode != FileMode::directory) {
            return about(path, "path_conflict", "the path goes through a file");
        }
    }
    const auto here = base.find(path);
    if (here && here->mode == FileMode::directory) {
        return about(path, "path_conflict", "there is a directory of this name");
    }
    if (here && here->mode == FileMode::symlink) {
        return about(path, "symlink", "symbolic links are not changed");
    }
    if (here && here->mode == FileMode::submodule) {
        return about(path, "submodule", "submodules are not changed");
    }
    return Done{};
}

Result<Done> check_claims(const PatchFile& file, const std::optional<TreeEntry>& here) {
    if (file.kind == PatchKind::added) {
        return here ? Result<Done>(about(file.path, "already_exists",
                                         "the patch adds a file that is there already"))
                    : Done{};
    }
    if (!here) {
        return about(file.path, "no_such_file", "the patch changes a file that is not there");
    }
    if (!file.old_blob.empty() && !here->blob_id.starts_with(file.old_blob)) {
        return stale(file.path, "the patch was made against another version of this file");
    }
    if (file.old_mode && file.old_mode != here->mode) {
        return stale(file.path, "the patch was made when this file had another mode");
    }
    return Done{};
}

Result<FileEdit> edit_of(const PatchFile& file, const TreeReader& base) {
    if (auto done = check_place(file.path, base); !done) {
        return done.problem();
    }
    const auto here = base.find(file.path);
    if (auto done = check_claims(file, here); !done) {
        return done.problem();
    }
    const std::string before = here ? base.read(file.path).value_or("") : "";
    auto after = apply_hunks(before, file.hunks);
    if (!after) {
        Problem problem = after.problem();
        problem.message = file.path + ": " + problem.message;
        return problem;
    }
    FileEdit edit{.path = file.path, .mode = here ? here->mode : FileMode::file};
    if (file.kind == PatchKind::removed) {
        if (!after->empty()) {
            return about(file.path, "does_not_apply", "the patch removes only a part of the file");
        }
        return edit;
    }
    edit.mode = file.new_mode.value_or(edit.mode);
    edit.bytes = std::move(after).value();
    return edit;
}

/// In the words of a patch's header.
Result<Done> check_mode(const FileEdit& edit) {
    if (edit.mode == FileMode::symlink) {
        return about(edit.path, "symlink", "symbolic links are not taken");
    }
    if (edit.mode == FileMode::submodule) {
        return about(edit.path, "submodule", "submodules are not taken");
    }
    if (edit.mode != FileMode::file && edit.mode != FileMode::executable) {
        return about(edit.path, "bad_mode", "only plain and executable files are taken");
    }
    return Done{};
}

/// One file by the rules that do not depend on how it came.
Result<IntakeFile> judge(FileEdit edit, const TreeReader& base, const IntakeLimits& limits) {
    if (auto done = check_path(edit.path, limits); !done) {
        return done.problem();
    }
    if (auto done = check_place(edit.path, base); !done) {
        return done.problem();
    }
    if (auto done = check_mode(edit); !done) {
        return done.problem();
    }
    const auto here = base.find(edit.path);
    std::set<Flag> flags;
    if (!edit.bytes) {
        if (!here) {
            return about(edit.path, "no_such_file", "a file that is not there cannot be removed");
        }
    } else {
        if (edit.bytes->size() > limits.blob_bytes) {
            return too_large(edit.path, limits);
        }
        const std::string before = here ? base.read(edit.path).value_or("") : "";
        if (here && before == *edit.bytes && here->mode == edit.mode) {
            return about(edit.path, "no_change", "the file would stay as it is");
        }
        const auto found = judge_text(edit.path, before, *edit.bytes);
        if (!found) {
            return found.problem();
        }
        flags.insert(found->begin(), found->end());
        if (edit.mode != (here ? here->mode : FileMode::file)) {
            flags.insert(Flag::mode_change);
        }
    }
    const auto special = path_flags(edit.path);
    flags.insert(special.begin(), special.end());
    return IntakeFile{.edit = std::move(edit), .flags = {flags.begin(), flags.end()}};
}

/// No path twice, none below another.
Result<Done> check_together(const std::vector<IntakeFile>& files) {
    std::set<std::string, std::less<>> paths;
    for (const IntakeFile& file : files) {
        if (!paths.insert(file.edit.path).second) {
            return about(file.edit.path, "file_twice", "the same file is changed twice");
        }
    }
    for (const std::string& path : paths) {
        for (auto slash = path.find('/'); slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            if (paths.contains(std::string_view(path).substr(0, slash))) {
                return about(path, "path_conflict", "one file of the patch lies below another");
            }
        }
    }
    return Done{};
}

} // namespace

std::string_view to_string(Flag flag) noexcept {
    return name_of(flag_names, flag);
}

Result<std::vector<IntakeFile>> take_edits(std::vector<FileEdit> edits, const TreeReader& base,
                                           const IntakeLimits& limits) {
    if (edits.empty()) {
        return Problem{.code = "empty", .message = "nothing is changed"};
    }
    if (edits.size() > limits.files) {
        return too_many_files(limits);
    }
    std::vector<IntakeFile> files;
    for (FileEdit& edit : edits) {
        auto file = judge(std::move(edit), base, limits);
        if (!file) {
            return file.problem();
        }
        files.push_back(std::move(file).value());
    }
    if (auto done = check_together(files); !done) {
        return done.problem();
    }
    return files;
}

Result<std::vector<IntakeFile>> take_patch(std::string_view patch, const TreeReader& base,
                                           const IntakeLimits& limits) {
    const auto parsed = parse_patch(patch, limits);
    if (!parsed) {
        return parsed.problem();
    }
    std::vector<FileEdit> edits;
    for (const PatchFile& file : *parsed) {
        auto edit = edit_of(file, base);
        if (!edit) {
            return edit.problem();
        }
        edits.push_back(std::move(edit).value());
    }
    return take_edits(std::move(edits), base, limits);
}

} // namespace agentd::proposals
