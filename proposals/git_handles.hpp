/// @file
/// libgit2's objects with their owners, for the git*.cpp files only.
#pragma once

#include "proposals/git.hpp"

#include "agentd/core/failure.hpp"

#include <git2.h>

#include <memory>
#include <string>
#include <string_view>

namespace agentd::proposals {

template <auto Free> struct Freed {
    template <class T> void operator()(T* handle) const noexcept { Free(handle); }
};
template <class T, auto Free> using Handle = std::unique_ptr<T, Freed<Free>>;

using GitRepository = Handle<git_repository, git_repository_free>;
using GitOdb = Handle<git_odb, git_odb_free>;
using GitCommit = Handle<git_commit, git_commit_free>;
using GitTree = Handle<git_tree, git_tree_free>;
using GitEntry = Handle<git_tree_entry, git_tree_entry_free>;
using GitBlob = Handle<git_blob, git_blob_free>;
using GitReference = Handle<git_reference, git_reference_free>;
using GitSignature = Handle<git_signature, git_signature_free>;
using GitDiff = Handle<git_diff, git_diff_free>;
using GitPatch = Handle<git_patch, git_patch_free>;
using GitWalk = Handle<git_revwalk, git_revwalk_free>;
using GitPack = Handle<git_packbuilder, git_packbuilder_free>;
using GitNote = Handle<git_note, git_note_free>;

/// Of a repository of our own: whatever git or Nix later runs on it finds nothing to start there.
inline constexpr std::string_view own_config = "[core]\n"
                                               "\trepositoryformatversion = 0\n"
                                               "\tfilemode = true\n"
                                               "\tbare = true\n"
                                               "\tlogallrefupdates = false\n"
                                               "\thooksPath = /dev/null\n"
                                               "\tfsmonitor = false\n"
                                               "\tprotectHFS = true\n"
                                               "\tprotectNTFS = true\n"
                                               "\tattributesFile = /dev/null\n"
                                               "\texcludesFile = /dev/null\n"
                                               "[gc]\n"
                                               "\tauto = 0\n"
                                               "[transfer]\n"
                                               "\tfsckObjects = true\n"
                                               "[protocol]\n"
                                               "\tallow = never\n";
inline constexpr const char* notes_ref = "refs/notes/agentd";

/// Once for the process: no configuration but the repository's own, strict objects, hashes
/// verified, fsync.
void start_libgit2();
/// libgit2's last error as a Failure.
[[nodiscard]] core::Failure git_failure(int code, std::string_view doing, std::string where);
/// Throws when `code` is an error.
void check_git(int code, std::string_view doing, const std::string& where = {});

/// Throws Failure{misconfigured} when opening `path` ended so because it is another user's.
void refuse_foreign(int code, const std::string& path);

git_oid oid_of(const core::Commit& commit);
core::Commit commit_of(const git_oid& oid);
std::string hex_of(const git_oid& oid);

/// nullopt when it does not exist or is no direct ref.
std::optional<git_oid> ref_target(git_repository* repository, const std::string& name);
GitTree tree_of(git_repository* repository, const core::Commit& commit);
/// Bytes of a blob; Failure when it is missing or larger than `Repository::max_blob`.
std::string blob_bytes(git_repository* repository, const git_oid& oid);
/// nullopt where it is larger, which is known before it is unpacked.
std::optional<std::string> blob_within(git_repository* repository, const git_oid& oid,
                                       std::size_t most);
bool has_object(git_repository* repository, const git_oid& oid);
bool is_ancestor(git_repository* repository, const git_oid& ancestor, const git_oid& commit);
GitSignature signature_at(core::Instant when);

struct TreeItem {
    std::string path{};
    FileMode mode{};
    git_oid id{};
};
/// Every file, link and submodule below `tree`, sorted by path.
std::vector<TreeItem> tree_items(git_repository* repository, const git_tree* tree);

struct Repository::State {
    std::string path{};
    GitRepository repository{};
};

} // namespace agentd::proposals
