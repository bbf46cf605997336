#include "agentd/ctl/plan_write.hpp"

#include "agentd/core/fd.hpp"
#include "proposals/colours/colours.hpp"
#include "proposals/git_text_diff.hpp"

#include <algorithm>
#include <filesystem>

namespace agentd::ctl {

namespace fs = std::filesystem;
using core::Problem;
using proposals::plan::Plan;

std::vector<proposals::DiffFile> diff_of_plan(const OwnTree& tree, const Plan& plan) {
    std::vector<proposals::DiffFile> out;
    for (const auto& edit : plan.edits) {
        const auto before = tree.tree().read(edit.path);
        auto& file = out.emplace_back(proposals::diff_of(edit.path, before, edit.bytes));
        proposals::colour(file, before, edit.bytes);
    }
    return out;
}

core::Result<core::Done> write_plan(const OwnTree& tree, const Plan& plan) {
    const auto dirty = tree.uncommitted(10'000);
    for (const auto& edit : plan.edits) {
        const fs::path path = fs::path(tree.directory()) / edit.path;
        std::error_code error;
        const bool outside = fs::weakly_canonical(path.parent_path(), error) !=
                             fs::path(tree.directory()) / fs::path(edit.path).parent_path();
        const bool link = fs::is_symlink(fs::symlink_status(path, error));
        const bool fresh = !tree.tree().find(edit.path);
        const bool in_the_way = fresh && fs::exists(fs::symlink_status(path, error));
        if (link || in_the_way || (outside && fs::path(edit.path).has_parent_path()) ||
            std::find(dirty.begin(), dirty.end(), edit.path) != dirty.end()) {
            return Problem{.code = "dirty",
                           .message = "the work tree has this file otherwise than HEAD",
                           .where = edit.path,
                           .hint = "commit it, or take a clean clone; nothing was written"};
        }
    }
    for (const auto& edit : plan.edits) {
        const fs::path path = fs::path(tree.directory()) / edit.path;
        fs::create_directories(path.parent_path());
        core::write_file_durably(path.string(), *edit.bytes,
                                 edit.mode == proposals::FileMode::executable ? 0755 : 0644);
    }
    return core::Done{};
}

} // namespace agentd::ctl
