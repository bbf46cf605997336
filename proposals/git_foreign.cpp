#include "proposals/git_foreign.hpp"

#include "proposals/git_folder.hpp"
#include "proposals/git_handles.hpp"
#include "proposals/git_tree.hpp"
#include "proposals/git_work_tree.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <fcntl.h>
#include <filesystem>
#include <git2/sys/repository.h>

namespace agentd::proposals {

using core::Problem;
using core::Result;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_head = 4096;
constexpr std::size_t most_revision = 250;

/// The shadow lies in a folder that goes with the program: nothing of it has to last.
void write_file(const std::string& path, std::string_view bytes) {
    const core::Fd file = core::open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
    core::write_all(file.get(), bytes, path);
}

/// Its objects, but nothing else that stands among them: no alternates, no commit-graph.
void link_objects(const std::string& from, const std::string& to) {
    core::make_directories(to + "/info", 0700);
    for (const auto& entry : fs::directory_iterator(from)) {
        const std::string name = entry.path().filename().string();
        if (name == "pack" || name.size() == 2) {
            fs::create_directory_symlink(entry.path(), to + "/" + name);
        }
    }
    if (!fs::exists(to + "/pack")) {
        core::make_directories(to + "/pack", 0700);
    }
}

void make_shadow(const GitFolder& folder, const std::string& shadow) {
    core::make_directories(shadow, 0700);
    write_file(shadow + "/config", own_config);
    write_file(shadow + "/HEAD", core::read_file(folder.own + "/HEAD", most_head));
    core::make_directories(shadow + "/objects", 0700);
    fs::create_directory_symlink(folder.common + "/refs", shadow + "/refs");
    if (fs::exists(folder.common + "/packed-refs")) {
        fs::create_symlink(folder.common + "/packed-refs", shadow + "/packed-refs");
    }
}

GitRepository open_shadow(const std::string& shadow) {
    git_repository* opened = nullptr;
    check_git(git_repository_open_ext(&opened, shadow.c_str(),
                                      GIT_REPOSITORY_OPEN_NO_SEARCH |
                                          GIT_REPOSITORY_OPEN_NO_DOTGIT | GIT_REPOSITORY_OPEN_BARE,
                                      nullptr),
              "reading the refs of a repository", shadow);
    return GitRepository(opened);
}

/// Objects are read where they are, by the same rule as of link_objects.
void read_objects_of(git_repository* repository, const std::string& folder) {
    git_odb* made = nullptr;
    check_git(git_odb_new(&made), "opening the objects");
    const GitOdb objects(made);
    git_odb_backend* loose = nullptr;
    check_git(git_odb_backend_loose(&loose, folder.c_str(), -1, 0, 0, 0), "opening the objects",
              folder);
    check_git(git_odb_add_backend(made, loose, 1), "opening the objects", folder); // owns it now
    git_odb_backend* packed = nullptr;
    check_git(git_odb_backend_pack(&packed, folder.c_str()), "opening the objects", folder);
    check_git(git_odb_add_backend(made, packed, 2), "opening the objects", folder);
    check_git(git_repository_set_odb(repository, made), "opening the objects", folder);
}

/// Branches and tags, without what says that they are.
std::vector<std::string> names_in(git_repository* repository) {
    git_strarray list{};
    std::vector<std::string> names;
    if (git_reference_list(&list, repository) == 0) {
        for (std::size_t i = 0; i < list.count; ++i) {
            const std::string_view name = list.strings[i];
            for (const std::string_view prefix : {"refs/heads/", "refs/tags/", "refs/remotes/"}) {
                if (name.starts_with(prefix)) {
                    names.emplace_back(name.substr(prefix.size()));
                }
            }
        }
    }
    git_strarray_dispose(&list);
    return names;
}

} // namespace

struct ForeignClone::State {
    GitFolder folder{};
    std::string shadow{};
    GitRepository repository{};
};

ForeignClone::ForeignClone(std::unique_ptr<State> state) : state_(std::move(state)) {}
ForeignClone::ForeignClone(ForeignClone&&) noexcept = default;
ForeignClone& ForeignClone::operator=(ForeignClone&&) noexcept = default;
ForeignClone::~ForeignClone() = default;

Result<ForeignClone> ForeignClone::open(const std::string& directory, const std::string& shadow) {
    auto folder = find_git_folder(directory);
    if (!folder) {
        return folder.problem();
    }
    start_libgit2();
    make_shadow(*folder, shadow);
    GitRepository repository = open_shadow(shadow);
    read_objects_of(repository.get(), folder->common + "/objects");
    return ForeignClone(std::make_unique<State>(State{
        .folder = std::move(*folder), .shadow = shadow, .repository = std::move(repository)}));
}

Result<core::Commit> ForeignClone::commit(std::string_view revision) const {
    git_repository* repository = state_->repository.get();
    Problem unknown{.code = "unknown_revision",
                    .message = "the repository has no commit `" +
                               core::shorten(core::printable(revision), 80) + "`",
                    .where = state_->folder.work_tree.empty() ? state_->folder.own
                                                              : state_->folder.work_tree};
    git_object* found = nullptr;
    const bool fits = !revision.empty() && revision.size() <= most_revision &&
                      revision.find('\0') == revision.npos && !revision.starts_with('-');
    const int code = fits ? git_revparse_single(&found, repository, std::string(revision).c_str())
                          : GIT_ENOTFOUND;
    const Handle<git_object, git_object_free> owner(found);
    git_object* peeled = nullptr;
    const int peeling = code == 0 ? git_object_peel(&peeled, found, GIT_OBJECT_COMMIT) : code;
    const Handle<git_object, git_object_free> commit_owner(peeled);
    if (peeling == 0) {
        return commit_of(*git_object_id(peeled));
    }
    if (code == GIT_EAMBIGUOUS) {
        unknown.message = "several objects begin with `" + std::string(revision) + "`";
        unknown.hint = "give more of the commit's id";
        return unknown;
    }
    const auto names = names_in(repository);
    const auto near = core::nearest(revision, names, 5);
    unknown.hint =
        borrows() ? "it borrows objects that are elsewhere (alternates, a partial clone), "
                    "and those are not taken: git clone --no-local DIR COPY"
        : revision == "HEAD" ? "make a first commit: git commit (ids of SHA-256 are not read)"
        : names.empty()      ? "it has no branch and no tag"
        : near.empty()       ? "git -C DIR log --oneline --all shows the commits there are"
                             : "did you mean " + core::printable(core::join(near, ", ")) + "?";
    return unknown;
}

std::string ForeignClone::head_branch() const {
    constexpr std::string_view prefix = "ref: refs/heads/";
    const std::string head = core::read_file(state_->shadow + "/HEAD", most_head);
    const auto line = core::trim(head);
    return line.starts_with(prefix) && core::is_branch_name(line.substr(prefix.size()))
               ? std::string(line.substr(prefix.size()))
               : "";
}

std::unique_ptr<TreeReader> ForeignClone::tree(const core::Commit& commit) const {
    git_repository* repository = state_->repository.get();
    return read_tree(repository, tree_of(repository, commit));
}

std::vector<std::string> ForeignClone::list_files(const core::Commit& commit) const {
    return tree_paths(state_->repository.get(), commit);
}

std::vector<std::string> ForeignClone::uncommitted(std::size_t most) const {
    const auto head = commit("HEAD");
    if (!head || state_->folder.work_tree.empty()) {
        return {};
    }
    return uncommitted_files({.repository = state_->repository.get(),
                              .tree = tree_of(state_->repository.get(), *head).get(),
                              .work_tree = state_->folder.work_tree,
                              .index = state_->folder.own + "/index",
                              .most = most});
}

void ForeignClone::publish(const Branches& branches) {
    const std::string& shadow = state_->shadow;
    state_->repository.reset();
    link_objects(state_->folder.common + "/objects", shadow + "/objects");
    fs::remove(shadow + "/refs"); // our link, never what it leads to
    fs::remove(shadow + "/packed-refs");
    core::make_directories(shadow + "/refs/heads", 0700);
    for (const auto& [name, commit] :
         {std::pair("base", &branches.base), std::pair("candidate", &branches.candidate)}) {
        if (*commit) {
            write_file(shadow + "/refs/heads/" + name, (*commit)->str() + "\n");
        }
    }
    write_file(shadow + "/HEAD", "ref: refs/heads/base\n");
    state_->repository = open_shadow(shadow);
}

const std::string& ForeignClone::path() const noexcept {
    return state_->shadow;
}

bool ForeignClone::borrows() const noexcept {
    return state_->folder.borrows;
}

} // namespace agentd::proposals
