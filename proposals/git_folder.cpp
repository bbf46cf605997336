#include "proposals/git_folder.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t small = 4096; ///< bytes of a file that names a folder
constexpr std::size_t most_config = 64U << 10;
constexpr int deepest_ref = 16; ///< folders below refs
constexpr std::size_t most_entries = 4'000'000;

enum class Kind { none, file, folder, other };

Kind kind_of(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return Kind::none;
        }
        throw core::system_failure("looking at a repository", path, errno);
    }
    return S_ISREG(info.st_mode) ? Kind::file : S_ISDIR(info.st_mode) ? Kind::folder : Kind::other;
}

Problem none_here(const std::string& directory) {
    Problem out{.code = "no_repository",
                .message = "there is no git repository here",
                .where = directory,
                .hint = "give the top of your clone of the flake: --repo DIR"};
    for (fs::path at = fs::path(directory).parent_path(); at.has_relative_path();
         at = at.parent_path()) {
        std::error_code ignored;
        if (fs::exists(at / ".git", ignored)) {
            out.hint = "its top is further up: --repo " + at.string();
            break;
        }
    }
    return out;
}

Problem bad(std::string message, const std::string& where, std::string hint = {}) {
    return {.code = "bad_repository",
            .message = std::move(message),
            .where = where,
            .hint = std::move(hint)};
}

/// The one line of a small plain file, without `prefix`; nullopt when it is anything else.
std::optional<std::string> line_of(const std::string& path, std::string_view prefix) {
    if (kind_of(path) != Kind::file) {
        return std::nullopt;
    }
    const std::string text = core::read_file(path, small);
    const auto line = core::trim(text);
    if (!line.starts_with(prefix) || line.find('\n') != line.npos || line.find('\0') != line.npos) {
        return std::nullopt;
    }
    return std::string(core::trim(line.substr(prefix.size())));
}

/// Below `folder` are folders and plain files only: a link could lead to what is not of this
/// repository, and a pipe never ends.
Result<Done> plain_below(const std::string& folder, int depth, std::size_t& entries) {
    if (depth == 0) {
        return bad("its folders are nested too deeply", folder);
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(folder.c_str()), ::closedir);
    if (!opened) {
        throw core::system_failure("looking at a repository", folder, errno);
    }
    while (const dirent* entry = ::readdir(opened.get())) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") {
            continue;
        }
        if (++entries > most_entries) {
            return bad("it has too many files", folder, "git gc packs them");
        }
        const std::string path = folder + "/" + name;
        const Kind kind = entry->d_type == DT_REG   ? Kind::file
                          : entry->d_type == DT_DIR ? Kind::folder
                                                    : kind_of(path);
        if (kind == Kind::other) {
            return bad("something in it is no plain file, and is not followed", path,
                       "make a copy that is whole: git clone --bare --no-local DIR COPY");
        }
        if (kind == Kind::folder) {
            if (auto below = plain_below(path, depth - 1, entries); !below) {
                return below;
            }
        }
    }
    return Done{};
}

/// The folder that a linked work tree's `.git` names, when that folder says so, too.
Result<GitFolder> linked(const std::string& directory) {
    const std::string file = directory + "/.git";
    const auto named = line_of(file, "gitdir:");
    const Problem other = bad("its .git is a file that names a repository elsewhere, and that one "
                              "does not know this folder",
                              file, "clone it, or give the repository itself: --repo DIR");
    if (!named) {
        return other;
    }
    std::error_code error;
    const fs::path own = fs::canonical(fs::path(directory) / *named, error);
    const auto back = error ? std::nullopt : line_of(own.string() + "/gitdir", "");
    const auto shared = error ? std::nullopt : line_of(own.string() + "/commondir", "");
    if (!back || !shared || !fs::equivalent(own / *back, file, error)) {
        return other;
    }
    // Where git keeps it: else a folder of anybody's could name a repository that has no part in
    // it.
    const fs::path common = fs::canonical(own / *shared, error);
    if (error || own.parent_path() != common / "worktrees") {
        return other;
    }
    return GitFolder{.work_tree = directory, .own = own.string(), .common = common.string()};
}

/// Whom root believes that he does not put another folder in the place of the one that was looked
/// at: himself, and who asked him.
bool is_believed(uid_t owner) {
    const char* asked = std::getenv("SUDO_UID");
    return owner == 0 || (asked != nullptr && core::parse_integer(asked) == std::int64_t{owner});
}

/// What root reads its owner may not be able to.
Result<Done> owned(const GitFolder& folder, const std::string& directory) {
    for (const std::string& path : {directory, folder.own, folder.common,
                                    folder.common + "/objects", folder.common + "/refs"}) {
        struct stat info {};
        if (::lstat(path.c_str(), &info) != 0) {
            throw core::system_failure("looking at a repository", path, errno);
        }
        if (!is_believed(info.st_uid)) {
            return bad("it is another user's (" + std::to_string(info.st_uid) +
                           "), who could lead root to what he may not read himself",
                       path, "run it as its owner: sudo -u NAME agentctl test …");
        }
    }
    return Done{};
}

Result<GitFolder> locate(const std::string& directory) {
    const std::string dot = directory + "/.git";
    switch (kind_of(dot)) {
    case Kind::folder:
        return GitFolder{.work_tree = directory, .own = dot, .common = dot};
    case Kind::file:
        return linked(directory);
    case Kind::other:
        return bad("its .git is neither a folder nor a file", dot);
    case Kind::none:
        break;
    }
    if (kind_of(directory + "/HEAD") == Kind::file &&
        kind_of(directory + "/objects") == Kind::folder &&
        kind_of(directory + "/refs") == Kind::folder) {
        return GitFolder{.own = directory, .common = directory};
    }
    return none_here(directory);
}

bool has_text(const std::string& path) {
    std::error_code error;
    return kind_of(path) == Kind::file && fs::file_size(path, error) > 0 && !error;
}

/// Its configuration is asked for nothing but to refuse it by the right name.
std::optional<Problem> form_not_read(const std::string& common) {
    if (kind_of(common + "/reftable") != Kind::none) {
        return bad("its refs are in git's newer form (reftable), which is not read", common,
                   "git clone --bare --ref-format=files DIR COPY");
    }
    const std::string config = common + "/config";
    std::error_code error;
    if (kind_of(config) == Kind::file && fs::file_size(config, error) <= most_config && !error) {
        const std::string text = core::to_lower(core::read_file(config, most_config));
        for (const auto line : core::lines(text)) {
            if (core::trim(line).starts_with("objectformat") && line.ends_with("sha256")) {
                return bad("its ids are of SHA-256, which are not read", common,
                           "a flake's repository has ids of SHA-1: git init --object-format=sha1");
            }
        }
    }
    return std::nullopt;
}

/// A partial clone marks its packs.
bool has_promises(const std::string& packs) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(packs, error)) {
        if (entry.path().extension() == ".promisor") {
            return true;
        }
    }
    return false;
}

} // namespace

Result<GitFolder> find_git_folder(const std::string& directory) {
    if (kind_of(directory) != Kind::folder) {
        return none_here(directory);
    }
    auto found = locate(directory);
    if (!found) {
        return found;
    }
    const std::string& common = found->common;
    for (const auto& [path, kind] :
         {std::pair(found->own + "/HEAD", Kind::file), std::pair(common + "/refs", Kind::folder),
          std::pair(common + "/objects", Kind::folder)}) {
        if (kind_of(path) != kind) {
            return bad("it is damaged, or no git repository", path, "git -C DIR fsck");
        }
    }
    if (::geteuid() == 0) {
        if (auto own = owned(*found, directory); !own) {
            return own.problem();
        }
    }
    if (kind_of(common + "/packed-refs") == Kind::other) {
        return bad("something in it is no plain file, and is not followed",
                   common + "/packed-refs");
    }
    if (auto form = form_not_read(common)) {
        return std::move(*form);
    }
    if (has_text(common + "/shallow")) {
        return Problem{.code = "shallow",
                       .message = "this clone is shallow, and Nix does not evaluate a part of a "
                                  "history",
                       .where = directory,
                       .hint = "git fetch --unshallow; in a CI job let the checkout fetch all "
                               "(fetch-depth: 0)"};
    }
    std::size_t entries = 0;
    for (const char* folder : {"/refs", "/objects"}) {
        if (auto plain = plain_below(common + folder, deepest_ref, entries); !plain) {
            return plain.problem();
        }
    }
    found->borrows =
        has_text(common + "/objects/info/alternates") || has_promises(common + "/objects/pack");
    return found;
}

} // namespace agentd::proposals
