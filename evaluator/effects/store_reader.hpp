/// @file
/// Reading the store and nothing but the store: every symlink is followed by hand, and only while
/// it stays inside.
#pragma once

#include "evaluator/effects/store_files.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace agentd::evaluator::effects {

/// Store path -> NAR size, of everything a system needs.
using Closure = std::map<std::string, std::int64_t>;

/// Where a path ends when its links are followed.
struct Resolved {
    enum class End {
        file,
        directory,
        outside,  ///< a link leaves the store, or the closure; `path` is where it points
        dangling, ///< nothing there
        loop,     ///< more than 40 links, or a path that cannot end
        special,  ///< neither file nor directory
    };
    End end = End::dangling;
    std::string path{}; ///< without links, for file, directory and special
    std::size_t size{};
    bool executable = false;
    bool readable = true; ///< for everybody, as all is that Nix builds
};

/// One name of a directory.
struct Entry {
    std::string name{};
    Resolved where{};
};

class StoreReader {
  public:
    /// @param prefix the store's directory, `/nix/store` on a machine.
    explicit StoreReader(std::string prefix = "/nix/store");

    /// The same, kept to a closure: a link that leads through any other path of the store, also one
    /// that leads back, ends `outside`. What lies there is bound by nothing and may be other bytes
    /// tomorrow.
    StoreReader within(Closure closure) const;

    const std::string& prefix() const noexcept { return prefix_; }

    Resolved resolve(const std::string& path) const;
    /// The bytes of a regular file inside the store, or nullopt when it is none, unreadable or
    /// longer than `limit`.
    std::optional<std::string> read(const std::string& path, std::size_t limit) const;
    /// Of what `resolve` has just found, without looking again where it is.
    std::optional<std::string> read(const Resolved& where, std::size_t limit) const;
    /// Names in a directory inside the store, sorted; nullopt when it is none or has more than
    /// `limit`.
    std::optional<std::vector<std::string>> list(const std::string& path, std::size_t limit) const;
    /// The same, and where each name ends, of a directory that `resolve` has just found.
    std::optional<std::vector<Entry>> entries(const Resolved& directory, std::size_t limit) const;

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>()(text);
        }
    };
    using Folders = std::unordered_set<std::string, Hash, std::equal_to<>>;
    Resolved follow(std::string at, std::string_view path) const;
    Resolved end_of(int folder, const std::string& path, const std::string& name, int type) const;
    bool inside(std::string_view path) const;
    /// Takes the part of `path` that is known to hold no link, and returns the rest of it.
    std::string_view start(std::string_view path, std::string& at) const;
    std::string prefix_;
    /// Shared by all that are made of one: the two sides of a comparison have most paths in common.
    std::shared_ptr<StoreFiles> files_ = std::make_shared<StoreFiles>();
    std::shared_ptr<const Closure> closure_; ///< nullptr: every path of the store
    /// Directories that were reached without a link: what is built does not change.
    std::shared_ptr<Folders> folders_ = std::make_shared<Folders>();
};

} // namespace agentd::evaluator::effects
