#include "proposals/git_handles.hpp"

#include "proposals/intake_path.hpp"

#include <algorithm>

namespace agentd::proposals {

using core::Result;

namespace {

using Items = std::vector<TreeItem>;

bool same(const TreeItem& a, const TreeItem& b) {
    return a.mode == b.mode && git_oid_equal(&a.id, &b.id) != 0;
}

bool is_text(FileMode mode) {
    return mode == FileMode::file || mode == FileMode::executable;
}

/// Its size as its header has it: nobody has to unpack what is not taken.
std::size_t size_of(git_odb* objects, const TreeItem& item) {
    std::size_t size = 0;
    git_object_t kind{};
    check_git(git_odb_read_header(&size, &kind, objects, &item.id), "reading a blob",
              hex_of(item.id));
    return size;
}

/// What is in one only, or otherwise in the other: the candidate's, or, without bytes, the base's.
std::vector<std::pair<TreeItem, bool>> differing(const Items& base, const Items& candidate,
                                                 std::size_t most) {
    std::vector<std::pair<TreeItem, bool>> out;
    auto old = base.begin();
    auto now = candidate.begin();
    while (out.size() <= most && (old != base.end() || now != candidate.end())) {
        if (now == candidate.end() || (old != base.end() && old->path < now->path)) {
            out.emplace_back(*old++, false);
        } else if (old == base.end() || now->path < old->path) {
            out.emplace_back(*now++, true);
        } else {
            if (!same(*old, *now)) {
                out.emplace_back(*now, true);
            }
            ++old;
            ++now;
        }
    }
    return out;
}

} // namespace

Result<std::vector<FileEdit>> Repository::edits(const core::Commit& base,
                                                const core::Commit& candidate,
                                                const IntakeLimits& limits) const {
    git_repository* repository = state_->repository.get();
    git_odb* opened = nullptr;
    check_git(git_repository_odb(&opened, repository), "opening the objects", state_->path);
    const GitOdb objects(opened);
    const auto items =
        differing(tree_items(repository, tree_of(repository, base).get()),
                  tree_items(repository, tree_of(repository, candidate).get()), limits.files);
    if (items.size() > limits.files) {
        return too_many_files(limits);
    }
    std::vector<FileEdit> out;
    for (const auto& [item, stays] : items) {
        FileEdit edit{.path = item.path, .mode = item.mode};
        if (stays && is_text(item.mode)) {
            if (size_of(opened, item) > limits.blob_bytes) {
                return too_large(item.path, limits);
            }
            edit.bytes = blob_bytes(repository, item.id);
        }
        out.push_back(std::move(edit));
    }
    return out;
}

} // namespace agentd::proposals
