#include "proposals/intake.hpp"

#include "proposals/intake_path.hpp"
#include "proposals/intake_text.hpp"
#include "proposals/patch_apply.hpp"
#include "proposals/patch_text.hpp"
#include "proposals/refusals.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

Problem about(std::string_view path, std::string code, std::string message, std::string hint = {}) {
    return {.code = std::move(code),
            .message = std::move(message),
            .where = std::string(path),
            .hint = std::move(hint)};
}

Problem stale(std::string_view path, std::string message) {
    return about(path, "stale_base", std::move(message));
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
            return about(path, "symlink", "the path goes through a symbolic link",
                         "change the file that it points to, by its own path");
        }
        if (above->mode == FileMode::submodule) {
            return about(path, "submodule", "the path goes into a submodule",
                         "change it where the submodule comes from");
        }
        if (above->mode != FileMode::directory) {
            return about(path, "path_conflict", "the path goes through a file",
                         "a name is a file or a folder: choose another path");
        }
    }
    const auto here = base.find(path);
    if (here && here->mode == FileMode::directory) {
        return about(path, "path_conflict", "there is a directory of this name",
                     "a name is a file or a folder: choose another path");
    }
    if (here && here->mode == FileMode::symlink) {
        return about(path, "symlink", "symbolic links are not changed");
    }
    if (here && here->mode == FileMode::submodule) {
        return about(path, "submodule", "submodules are not changed",
                     "submodules are for the owner, by hand");
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
            return about(file.path, "does_not_apply", "the patch removes only a part of the file",
                         "remove all of it, or do not say `deleted file`");
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
        return about(edit.path, "symlink", "symbolic links are not taken",
                     "add a file instead; links are for the owner, by hand");
    }
    if (edit.mode == FileMode::submodule) {
        return about(edit.path, "submodule", "submodules are not taken");
    }
    if (edit.mode != FileMode::file && edit.mode != FileMode::executable) {
        return about(edit.path, "bad_mode", "only plain and executable files are taken",
                     "give it the mode 100644 or 100755");
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

using Paths = std::set<std::string, std::less<>>;

Result<Done> check_none_below(const Paths& paths) {
    for (const std::string& path : paths) {
        for (auto slash = path.find('/'); slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            if (paths.contains(std::string_view(path).substr(0, slash))) {
                return about(path, "path_conflict", "one file of the patch lies below another",
                             "a name is a file or a folder: rename one of them");
            }
        }
    }
    return Done{};
}

Problem same_but_for_case(std::string_view path, std::string_view other) {
    return about(path, "path_conflict",
                 "the path differs from `" + core::printable(other) +
                     "` only by upper and lower case: on many file systems they are one",
                 "give it another name");
}

/// Nothing new whose name is already there but for its case, in the base or in the patch.
Result<Done> check_case(const std::vector<IntakeFile>& files, const TreeReader& base,
                        const Paths& removed) {
    std::map<std::string, std::string> spelled;
    for (const IntakeFile& file : files) {
        const std::string& path = file.edit.path;
        if (!file.edit.bytes) {
            continue;
        }
        const bool is_new = !base.find(path);
        const auto other = is_new ? base.other_case(path) : std::nullopt;
        if (other && !removed.contains(*other)) {
            return same_but_for_case(path, *other);
        }
        for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
            const std::string part = path.substr(0, end);
            const auto [at, first] = spelled.emplace(core::to_lower(part), part);
            if (!first && at->second != part && (!base.find(part) || !base.find(at->second))) {
                return same_but_for_case(path, at->second);
            }
            if (end == std::string::npos) {
                break;
            }
        }
    }
    return Done{};
}

/// No path twice, none below another, none that is another but for its case.
Result<Done> check_together(const std::vector<IntakeFile>& files, const TreeReader& base) {
    Paths paths;
    Paths removed;
    for (const IntakeFile& file : files) {
        if (!paths.insert(file.edit.path).second) {
            return about(file.edit.path, "file_twice", "the same file is changed twice");
        }
        if (!file.edit.bytes) {
            removed.insert(file.edit.path);
        }
    }
    if (auto done = check_none_below(paths); !done) {
        return done;
    }
    return check_case(files, base, removed);
}

Result<std::vector<IntakeFile>> judge_all(std::vector<FileEdit> edits, const TreeReader& base,
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
    if (auto done = check_together(files, base); !done) {
        return done.problem();
    }
    return files;
}

Result<std::vector<IntakeFile>> understand(std::string_view patch, const TreeReader& base,
                                           const IntakeLimits& limits) {
    const auto parsed = parse_patch(patch, limits);
    if (!parsed) {
        return parsed.problem();
    }
    std::vector<FileEdit> edits;
    Paths paths; // before any of them is applied: a large file many times is a lot of work
    for (const PatchFile& file : *parsed) {
        if (!paths.insert(file.path).second) {
            return about(file.path, "file_twice", "the same file is changed twice");
        }
    }
    for (const PatchFile& file : *parsed) {
        auto edit = edit_of(file, base);
        if (!edit) {
            return edit.problem();
        }
        edits.push_back(std::move(edit).value());
    }
    return judge_all(std::move(edits), base, limits);
}

Result<std::vector<IntakeFile>> told(Result<std::vector<IntakeFile>> taken) {
    return taken ? std::move(taken) : Result<std::vector<IntakeFile>>(with_remedy(taken.problem()));
}

} // namespace

Result<std::vector<IntakeFile>> take_edits(std::vector<FileEdit> edits, const TreeReader& base,
                                           const IntakeLimits& limits) {
    return told(judge_all(std::move(edits), base, limits));
}

Result<std::vector<IntakeFile>> take_patch(std::string_view patch, const TreeReader& base,
                                           const IntakeLimits& limits) {
    return told(understand(patch, base, limits));
}

} // namespace agentd::proposals
