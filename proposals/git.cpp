#include "proposals/git.hpp"

#include "proposals/git_handles.hpp"
#include "proposals/git_tree.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <filesystem>
#include <utility>

namespace agentd::proposals {

using core::Failure;
using core::FailureKind;

namespace {

GitRepository open_bare(const std::string& path) {
    git_repository* opened = nullptr;
    const int code = git_repository_open_ext(
        &opened, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT,
        nullptr);
    GitRepository repository(opened);
    refuse_foreign(code, path);
    if (code == GIT_ENOTFOUND) {
        return {};
    }
    check_git(code, "opening the daemon's repository", path);
    if (git_repository_is_bare(opened) != 1) {
        throw Failure(FailureKind::misconfigured, "the daemon's repository has to be bare", path);
    }
    return repository;
}

void init_bare(const std::string& path) {
    core::make_directories(path, 0750);
    if (!std::filesystem::is_empty(path)) {
        throw Failure(FailureKind::misconfigured,
                      "neither empty nor a bare repository, so not used as the daemon's own", path);
    }
    git_repository* made = nullptr;
    check_git(git_repository_init(&made, path.c_str(), 1), "making the daemon's repository", path);
    const GitRepository owner(made);
}

} // namespace

Repository::Repository(std::unique_ptr<State> state) : state_(std::move(state)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Repository Repository::open_or_init_bare(const std::string& path) {
    start_libgit2();
    if (!open_bare(path)) {
        init_bare(path);
    }
    const std::string config = path + "/config";
    if (core::read_file_if_exists(config) != std::string(own_config)) {
        core::write_file_durably(config, own_config, 0640);
    }
    // Opened after the configuration is ours, whatever was there before.
    GitRepository repository = open_bare(path);
    if (!repository) {
        throw Failure(FailureKind::corrupt, "the daemon's repository cannot be opened", path);
    }
    return Repository(
        std::make_unique<State>(State{.path = path, .repository = std::move(repository)}));
}

std::optional<core::Commit> Repository::resolve(std::string_view ref) const {
    git_repository* repository = state_->repository.get();
    const auto oid =
        ref.starts_with("refs/") ? ref_target(repository, std::string(ref)) : std::nullopt;
    return oid && has_commit(commit_of(*oid)) ? std::optional(commit_of(*oid)) : std::nullopt;
}

bool Repository::has_commit(const core::Commit& commit) const {
    const git_oid oid = oid_of(commit);
    git_commit* found = nullptr;
    const int code = git_commit_lookup(&found, state_->repository.get(), &oid);
    const GitCommit owner(found);
    if (code != GIT_ENOTFOUND) {
        check_git(code, "reading a commit", commit.str());
    }
    return code == 0;
}

bool Repository::is_ancestor(const core::Commit& ancestor, const core::Commit& commit) const {
    return proposals::is_ancestor(state_->repository.get(), oid_of(ancestor), oid_of(commit));
}

std::optional<core::Commit> Repository::merge_base(const core::Commit& a,
                                                   const core::Commit& b) const {
    const git_oid one = oid_of(a), other = oid_of(b);
    git_oid found{};
    const int code = git_merge_base(&found, state_->repository.get(), &one, &other);
    if (code == GIT_ENOTFOUND) {
        return std::nullopt;
    }
    check_git(code, "comparing commits", a.str());
    return commit_of(found);
}

std::optional<core::Commit> Repository::first_parent(const core::Commit& commit) const {
    const git_oid oid = oid_of(commit);
    git_commit* found = nullptr;
    check_git(git_commit_lookup(&found, state_->repository.get(), &oid), "cannot read the commit",
              commit.str());
    const GitCommit owner(found);
    const git_oid* parent = git_commit_parent_id(found, 0);
    return parent == nullptr ? std::nullopt : std::optional(commit_of(*parent));
}

std::unique_ptr<TreeReader> Repository::tree(const core::Commit& commit) const {
    git_repository* repository = state_->repository.get();
    return read_tree(repository, tree_of(repository, commit));
}

std::vector<std::string> Repository::list_files(const core::Commit& commit) const {
    return tree_paths(state_->repository.get(), commit);
}

core::Digest Repository::tree_digest(const core::Commit& commit) const {
    git_repository* repository = state_->repository.get();
    core::Sha256 digest;
    for (const TreeItem& item : tree_items(repository, tree_of(repository, commit).get())) {
        const std::string bytes =
            item.mode == FileMode::submodule ? hex_of(item.id) : blob_bytes(repository, item.id);
        digest.update(std::string(to_string(item.mode)) + " " + core::sha256(bytes).hex() + " " +
                      item.path + "\n");
    }
    return digest.finish();
}

std::optional<core::Digest> Repository::file_digest(const core::Commit& commit,
                                                    std::string_view path) const {
    const auto bytes = tree(commit)->read(path);
    return bytes ? std::optional(core::sha256(*bytes)) : std::nullopt;
}

} // namespace agentd::proposals
