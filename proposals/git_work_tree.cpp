#include "proposals/git_work_tree.hpp"

#include "agentd/core/fd.hpp"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/stat.h>

namespace agentd::proposals {

namespace {

constexpr std::uintmax_t most_index = 64U << 20;

std::optional<git_oid> hash_of(std::string_view bytes) {
    git_oid id{};
    return git_odb_hash(&id, bytes.data(), bytes.size(), GIT_OBJECT_BLOB) == 0 ? std::optional(id)
                                                                               : std::nullopt;
}

/// What stands there as git would keep it; nullopt when it is not there, or no file.
std::optional<git_oid> as_blob(const std::string& path, FileMode mode, std::size_t size) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        return std::nullopt;
    }
    if (mode == FileMode::symlink) {
        std::error_code error;
        const std::string target = std::filesystem::read_symlink(path, error).string();
        return error ? std::nullopt : hash_of(target);
    }
    const bool runs = (info.st_mode & S_IXUSR) != 0;
    if (!S_ISREG(info.st_mode) || static_cast<std::size_t>(info.st_size) != size ||
        runs != (mode == FileMode::executable)) {
        return std::nullopt;
    }
    const core::Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (file && have < size) {
        const ssize_t more = ::read(file.get(), bytes.data() + have, size - have);
        if (more <= 0) {
            break;
        }
        have += static_cast<std::size_t>(more);
    }
    return have == size ? hash_of(bytes) : std::nullopt;
}

bool is_as_committed(git_odb* objects, const TreeItem& item, const std::string& path) {
    std::size_t size = 0;
    git_object_t kind{};
    if (item.mode == FileMode::submodule ||
        git_odb_read_header(&size, &kind, objects, &item.id) != 0 || size > Repository::max_blob) {
        return true; // nothing to compare with
    }
    const auto id = as_blob(path, item.mode, size);
    return id && git_oid_equal(&*id, &item.id) != 0;
}

/// What git last noted of the work tree; nothing where there is no index that can be read.
Handle<git_index, git_index_free> index_at(const std::string& path) {
    struct stat info {};
    git_index* opened = nullptr;
    if (::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        static_cast<std::uintmax_t>(info.st_size) <= most_index) {
        static_cast<void>(git_index_open(&opened, path.c_str())); // else of a form not known here
    }
    return Handle<git_index, git_index_free>(opened);
}

/// Git itself saw this very file as the committed one, whatever filters and ends of lines make of
/// it; or is told to leave it out.
bool is_noted(git_index* index, const TreeItem& item, const std::string& path) {
    const git_index_entry* noted =
        index == nullptr ? nullptr : git_index_get_bypath(index, item.path.c_str(), 0);
    if (noted == nullptr || git_oid_equal(&noted->id, &item.id) == 0 ||
        noted->mode != static_cast<std::uint32_t>(item.mode)) {
        return false;
    }
    if ((noted->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0) {
        return true;
    }
    struct stat info {};
    return noted->mtime.seconds != 0 && ::lstat(path.c_str(), &info) == 0 &&
           noted->file_size == static_cast<std::uint32_t>(info.st_size) &&
           noted->mtime.seconds == static_cast<std::int32_t>(info.st_mtim.tv_sec) &&
           noted->mtime.nanoseconds == static_cast<std::uint32_t>(info.st_mtim.tv_nsec) &&
           noted->ctime.seconds == static_cast<std::int32_t>(info.st_ctim.tv_sec) &&
           noted->ctime.nanoseconds == static_cast<std::uint32_t>(info.st_ctim.tv_nsec);
}

void add_staged(git_index* index, const WorkTreeQuestion& question,
                const std::vector<TreeItem>& committed, std::set<std::string>& out) {
    for (std::size_t i = 0; index != nullptr && i < git_index_entrycount(index); ++i) {
        const std::string path = git_index_get_byindex(index, i)->path;
        const auto at = std::lower_bound(
            committed.begin(), committed.end(), path,
            [](const TreeItem& item, const std::string& name) { return item.path < name; });
        if (out.size() < question.most && (at == committed.end() || at->path != path)) {
            out.insert(path);
        }
    }
}

} // namespace

std::vector<std::string> uncommitted_files(const WorkTreeQuestion& question) {
    git_odb* opened = nullptr;
    check_git(git_repository_odb(&opened, question.repository), "opening the objects");
    const GitOdb objects(opened);
    const auto committed = tree_items(question.repository, question.tree);
    const auto index = index_at(question.index);
    std::set<std::string> out;
    for (const TreeItem& item : committed) {
        if (out.size() == question.most) {
            break;
        }
        const std::string path = question.work_tree + "/" + item.path;
        if (!is_noted(index.get(), item, path) && !is_as_committed(opened, item, path)) {
            out.insert(item.path);
        }
    }
    add_staged(index.get(), question, committed, out);
    return {out.begin(), out.end()};
}

} // namespace agentd::proposals
