#include "proposals/git_handles.hpp"
#include "proposals/git_text_diff.hpp"

#include "agentd/core/look_alikes.hpp"
#include "agentd/core/text.hpp"
#include "proposals/intraline.hpp"

namespace agentd::proposals {

namespace {

std::string side_text(git_repository* repository, const git_diff_file& side) {
    if (side.mode == GIT_FILEMODE_UNREADABLE) {
        return {};
    }
    return side.mode == GIT_FILEMODE_COMMIT ? "Subproject commit " + hex_of(side.id) + "\n"
                                            : blob_bytes(repository, side.id);
}

std::optional<FileMode> side_mode(const git_diff_file& side) {
    return side.mode == GIT_FILEMODE_UNREADABLE ? std::nullopt
                                                : std::optional(static_cast<FileMode>(side.mode));
}

std::optional<std::int64_t> number(int line) {
    return line > 0 ? std::optional<std::int64_t>(line) : std::nullopt;
}

DiffLine line_of(const git_diff_line& line) {
    std::string_view text(line.content, line.content_len);
    const bool ends = text.ends_with('\n');
    text.remove_suffix(ends ? 1 : 0);
    return {.kind = line.origin,
            .old_line = number(line.old_lineno),
            .new_line = number(line.new_lineno),
            .text = core::to_utf8(text),
            .marks = core::deceiving_code_points(text),
            .no_newline = !ends};
}

DiffHunk hunk_of(git_patch* patch, std::size_t index) {
    const git_diff_hunk* found = nullptr;
    std::size_t count = 0;
    check_git(git_patch_get_hunk(&found, &count, patch, index), "comparing files");
    DiffHunk hunk{.old_start = found->old_start,
                  .old_lines = found->old_lines,
                  .new_start = found->new_start,
                  .new_lines = found->new_lines};
    for (std::size_t i = 0; i < count; ++i) {
        const git_diff_line* line = nullptr;
        check_git(git_patch_get_line_in_hunk(&line, patch, index, i), "comparing files");
        const bool is_text = line->origin == GIT_DIFF_LINE_CONTEXT ||
                             line->origin == GIT_DIFF_LINE_ADDITION ||
                             line->origin == GIT_DIFF_LINE_DELETION;
        if (is_text) { // what remains are libgit2's own remarks about a missing last newline
            hunk.lines.push_back(line_of(*line));
        }
    }
    mark_changes(hunk);
    return hunk;
}

std::vector<DiffHunk> hunks_between(const std::string& before, const std::string& after) {
    start_libgit2();
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    // Two buffers and no repository: no attribute can call a file binary and so hide its text.
    options.flags = GIT_DIFF_FORCE_TEXT;
    git_patch* made = nullptr;
    check_git(git_patch_from_buffers(&made, before.data(), before.size(), nullptr, after.data(),
                                     after.size(), nullptr, &options),
              "comparing files");
    const GitPatch patch(made);
    std::vector<DiffHunk> hunks;
    for (std::size_t i = 0; i < git_patch_num_hunks(made); ++i) {
        hunks.push_back(hunk_of(made, i));
    }
    return hunks;
}

DiffFile file_of(git_repository* repository, const git_diff_delta& delta) {
    const auto old_mode = side_mode(delta.old_file);
    const auto new_mode = side_mode(delta.new_file);
    return {.path = delta.new_file.path,
            .old_path = old_mode ? std::optional<std::string>(delta.old_file.path) : std::nullopt,
            .change = !old_mode   ? ChangeKind::added
                      : !new_mode ? ChangeKind::removed
                                  : ChangeKind::modified,
            .old_mode = old_mode,
            .new_mode = new_mode,
            .hunks = hunks_between(side_text(repository, delta.old_file),
                                   side_text(repository, delta.new_file))};
}

} // namespace

DiffFile diff_of(const std::string& path, const std::optional<std::string>& before,
                 const std::optional<std::string>& after) {
    const auto mode = [](const std::optional<std::string>& text) {
        return text ? std::optional(FileMode::file) : std::nullopt;
    };
    return {.path = path,
            .old_path = before ? std::optional(path) : std::nullopt,
            .change = !before  ? ChangeKind::added
                      : !after ? ChangeKind::removed
                               : ChangeKind::modified,
            .old_mode = mode(before),
            .new_mode = mode(after),
            .hunks = hunks_between(before.value_or(""), after.value_or(""))};
}

std::vector<DiffFile> Repository::diff(const core::Commit& base,
                                       const core::Commit& candidate) const {
    git_repository* repository = state_->repository.get();
    const GitTree old_tree = tree_of(repository, base);
    const GitTree new_tree = tree_of(repository, candidate);
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_INCLUDE_TYPECHANGE_TREES;
    git_diff* made = nullptr;
    check_git(git_diff_tree_to_tree(&made, repository, old_tree.get(), new_tree.get(), &options),
              "comparing trees", state_->path);
    const GitDiff owner(made);
    std::vector<DiffFile> files;
    for (std::size_t i = 0; i < git_diff_num_deltas(made); ++i) {
        files.push_back(file_of(repository, *git_diff_get_delta(made, i)));
    }
    return files;
}

} // namespace agentd::proposals
