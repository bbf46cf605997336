/// @file
/// The files of one commit, each `.nix` file of them parsed once when it is first asked for.
#pragma once

#include "proposals/nix/tree.hpp"
#include "proposals/tree.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::map {

/// A parsed file; it stays where it is as long as its Files.
struct SourceFile {
    std::string path{};
    nix::Tree tree{};
};

/// Paths are relative to the repository, without `./`; `` is its root. Nothing is followed: a link
/// is neither a file nor a folder here.
class Files {
  public:
    struct Bounds {
        std::size_t files = 50'000;           ///< more are left out
        std::size_t nix_files = 8'000;        ///< so many are parsed at most
        std::size_t file_bytes = 2U << 20;    ///< a larger one is not parsed
        std::size_t total_bytes = 128U << 20; ///< of all that are parsed
    };
    enum class Kind { none, file, folder, other };
    struct Entry {
        std::string name{};
        Kind kind{};
    };

    /// `tree` has to outlive it. `paths` are those of the tree, sorted.
    Files(const TreeReader& tree, std::vector<std::string> paths, const Bounds& bounds);
    Files(const TreeReader& tree, std::vector<std::string> paths)
        : Files(tree, std::move(paths), Bounds{}) {}

    Kind kind(const std::string& path) const;
    std::vector<Entry> folder(const std::string& path) const;
    /// All files below a folder, sorted.
    std::vector<std::string> below(const std::string& folder) const;
    /// The file that Nix imports for a path: itself, or `default.nix` of a folder.
    std::optional<std::string> imported(const std::string& path) const;
    /// nullptr when it is no file, no Nix, or beyond the bounds.
    const SourceFile* parse(const std::string& path);
    std::optional<std::string> read(const std::string& path) const { return tree_.read(path); }
    /// As what the file stands there; as a plain one where there is none yet.
    FileMode mode(const std::string& path) const {
        const auto entry = tree_.find(path);
        return entry ? entry->mode : FileMode::file;
    }

    /// Every `.nix` file, sorted.
    const std::vector<std::string>& nix_files() const noexcept { return nix_files_; }
    const std::vector<std::string>& all() const noexcept { return paths_; }
    /// Something was left out because there is too much of it.
    bool cut() const noexcept { return cut_; }
    /// `.nix` files that were asked for and are no Nix.
    const std::vector<std::string>& broken() const noexcept { return broken_; }

  private:
    const TreeReader& tree_;
    Bounds bounds_;
    std::vector<std::string> paths_;
    std::vector<std::string> nix_files_;
    std::map<std::string, std::unique_ptr<SourceFile>, std::less<>> parsed_;
    std::vector<std::string> broken_;
    std::size_t bytes_{};
    bool cut_{};
};

/// `base` is a folder. nullopt when it leads out of the repository, or is absolute.
std::optional<std::string> joined_path(std::string_view base, std::string_view relative);
std::string folder_of(std::string_view path);
std::string name_of(std::string_view path);
/// `a/b.nix` and `a/b/default.nix` are both called `b`.
std::string stem_of(std::string_view path);
/// How a file names another: `./x.nix`, `../../y`.
std::string relative_path(std::string_view from_file, std::string_view to);

} // namespace agentd::proposals::map
