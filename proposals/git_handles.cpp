#include "proposals/git_handles.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <cstring>

namespace agentd::proposals {

using core::Failure;
using core::FailureKind;

namespace {

/// Lives as long as the process.
class Library {
  public:
    Library() {
        AGENTD_CHECK(git_libgit2_init() > 0);
        // Only the repository's own configuration, which the daemon writes, has a say.
        for (const git_config_level_t level :
             {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
              GIT_CONFIG_LEVEL_GLOBAL}) {
            AGENTD_CHECK(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "") == 0);
        }
        AGENTD_CHECK(git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "") == 0);
        AGENTD_CHECK(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 1) == 0);
        AGENTD_CHECK(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_SYMBOLIC_REF_CREATION, 1) == 0);
        AGENTD_CHECK(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1) == 0);
        AGENTD_CHECK(git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) == 0);
        // A repository of another user is not opened: its configuration is not ours to believe.
        AGENTD_CHECK(git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1) == 0);
    }
    ~Library() { git_libgit2_shutdown(); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
};

FailureKind kind_of(int code, int klass) noexcept {
    if (code == GIT_ELOCKED) {
        return FailureKind::busy;
    }
    if (code == GIT_EOWNER) {
        return FailureKind::misconfigured;
    }
    if (klass == GIT_ERROR_OS || klass == GIT_ERROR_FILESYSTEM) {
        return FailureKind::unavailable;
    }
    return FailureKind::corrupt;
}

constexpr std::size_t longest_path = 4096;

struct Walk {
    std::vector<TreeItem> items{};
    std::size_t folders = 0;
    bool too_many = false;
};

int collect(const char* root, const git_tree_entry* entry, void* payload) noexcept {
    auto& walk = *static_cast<Walk*>(payload);
    const git_filemode_t mode = git_tree_entry_filemode(entry);
    if (mode == GIT_FILEMODE_TREE) { // few objects can be endlessly many folders
        walk.too_many = ++walk.folders > Repository::max_files || std::strlen(root) > longest_path;
        return walk.too_many ? -1 : 0;
    }
    if (walk.items.size() == Repository::max_files) {
        walk.too_many = true;
        return -1;
    }
    walk.items.push_back({.path = std::string(root) + git_tree_entry_name(entry),
                          .mode = static_cast<FileMode>(mode),
                          .id = *git_tree_entry_id(entry)});
    return 0;
}

} // namespace

void start_libgit2() {
    static const Library library;
}

Failure git_failure(int code, std::string_view doing, std::string where) {
    const git_error* last = git_error_last();
    std::string message(doing);
    message += ": ";
    message += last != nullptr && last->message != nullptr
                   ? core::printable(core::to_utf8(last->message))
                   : "error " + std::to_string(code);
    return Failure(kind_of(code, last != nullptr ? last->klass : 0), std::move(message),
                   std::move(where));
}

void check_git(int code, std::string_view doing, const std::string& where) {
    if (code < 0) {
        throw git_failure(code, doing, where);
    }
}

void refuse_foreign(int code, const std::string& path) {
    const git_error* last = git_error_last();
    // Without any configuration libgit2 1.5 fails to find `safe.directory` before it can say EOWNER
    // (measured).
    const bool foreign = code == GIT_EOWNER || (code == GIT_ENOTFOUND && last != nullptr &&
                                                last->klass == GIT_ERROR_CONFIG);
    if (foreign) {
        throw Failure(FailureKind::misconfigured,
                      "the repository belongs to another user; it is opened only as its owner",
                      path);
    }
}

git_oid oid_of(const core::Commit& commit) {
    git_oid oid{};
    AGENTD_CHECK(git_oid_fromstr(&oid, commit.str().c_str()) == 0);
    return oid;
}

std::string hex_of(const git_oid& oid) {
    std::string hex(GIT_OID_HEXSZ, '\0');
    AGENTD_CHECK(git_oid_fmt(hex.data(), &oid) == 0);
    return hex;
}

core::Commit commit_of(const git_oid& oid) {
    return core::Commit::parse(hex_of(oid)).value();
}

std::optional<git_oid> ref_target(git_repository* repository, const std::string& name) {
    git_oid oid{};
    const int code = git_reference_name_to_id(&oid, repository, name.c_str());
    if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC) {
        return std::nullopt;
    }
    check_git(code, "reading a ref", name);
    return oid;
}

GitTree tree_of(git_repository* repository, const core::Commit& commit) {
    const git_oid oid = oid_of(commit);
    git_commit* found = nullptr;
    check_git(git_commit_lookup(&found, repository, &oid), "reading a commit", commit.str());
    const GitCommit owner(found);
    git_tree* tree = nullptr;
    check_git(git_commit_tree(&tree, found), "reading the tree of a commit", commit.str());
    return GitTree(tree);
}

std::string blob_bytes(git_repository* repository, const git_oid& oid) {
    auto bytes = blob_within(repository, oid, Repository::max_blob);
    if (!bytes) {
        throw Failure(FailureKind::misconfigured, "a file of the repository is too large",
                      hex_of(oid));
    }
    return *std::move(bytes);
}

std::optional<std::string> blob_within(git_repository* repository, const git_oid& oid,
                                       std::size_t most) {
    git_odb* objects = nullptr;
    check_git(git_repository_odb(&objects, repository), "opening the objects", hex_of(oid));
    const GitOdb held(objects);
    std::size_t said = 0;
    git_object_t type{};
    // An object says its size before it is unpacked, and is none where that is not true.
    check_git(git_odb_read_header(&said, &type, objects, &oid), "reading a blob", hex_of(oid));
    if (said > most) {
        return std::nullopt;
    }
    git_blob* found = nullptr;
    check_git(git_blob_lookup(&found, repository, &oid), "reading a blob", hex_of(oid));
    const GitBlob owner(found);
    const auto size = static_cast<std::size_t>(git_blob_rawsize(found));
    return size > most ? std::nullopt
                       : std::optional(std::string(
                             static_cast<const char*>(git_blob_rawcontent(found)), size));
}

bool has_object(git_repository* repository, const git_oid& oid) {
    git_odb* odb = nullptr;
    check_git(git_repository_odb(&odb, repository), "opening the objects");
    const GitOdb owner(odb);
    return git_odb_exists(odb, &oid) == 1;
}

bool is_ancestor(git_repository* repository, const git_oid& ancestor, const git_oid& commit) {
    if (git_oid_equal(&ancestor, &commit) != 0) {
        return true;
    }
    const int code = git_graph_descendant_of(repository, &commit, &ancestor);
    check_git(code, "comparing commits", hex_of(commit));
    return code == 1;
}

GitSignature signature_at(core::Instant when) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
    git_signature* made = nullptr;
    check_git(git_signature_new(&made, "agentd", "agentd@localhost", seconds, 0),
              "signing a commit");
    return GitSignature(made);
}

std::vector<TreeItem> tree_items(git_repository* repository, const git_tree* tree) {
    Walk walk;
    const int code = git_tree_walk(tree, GIT_TREEWALK_PRE, collect, &walk);
    if (walk.too_many) {
        throw Failure(FailureKind::misconfigured,
                      "the repository has more than " + std::to_string(Repository::max_files) +
                          " files or folders",
                      git_repository_path(repository));
    }
    check_git(code, "reading a tree", git_repository_path(repository));
    std::sort(walk.items.begin(), walk.items.end(),
              [](const TreeItem& a, const TreeItem& b) { return a.path < b.path; });
    return std::move(walk.items);
}

} // namespace agentd::proposals
