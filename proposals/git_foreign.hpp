/// @file
/// Somebody's clone, of which nothing is believed but its refs and objects, and nothing is written.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "proposals/tree.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

/// Neither its configuration nor hooks, filters, attributes, monitors, borrowed objects
/// (alternates) or grafts have a say: refs and objects are looked at through a folder of ours,
/// whose configuration is ours. Nothing of it can act; root reads only what root or who asked
/// root (SUDO_UID) owns, since others could change under his hands where it leads.
class ForeignClone {
  public:
    /// @param directory a folder with `.git`, a linked work tree, or a bare repository
    /// @param shadow    a folder that is made, and is ours
    /// Problems: `no_repository`, `bad_repository` (something in it is no plain file, it is of a
    /// form that is not read, or of another user where root asks), `shallow`.
    static core::Result<ForeignClone> open(const std::string& directory, const std::string& shadow);
    ForeignClone(ForeignClone&&) noexcept;
    ForeignClone& operator=(ForeignClone&&) noexcept;
    ~ForeignClone();

    /// What git's revision syntax names: `HEAD`, `main`, `origin/main`, `v1^`, an abbreviated id.
    /// Problems: `unknown_revision` (with the nearest branches and tags), `missing_objects`.
    core::Result<core::Commit> commit(std::string_view revision) const;
    /// The branch that HEAD is on; "" when it is detached or there is no commit yet.
    std::string head_branch() const;

    /// As Repository's, until publish(); the tree must not outlive this.
    std::unique_ptr<TreeReader> tree(const core::Commit& commit) const;
    std::vector<std::string> list_files(const core::Commit& commit) const;

    /// Files of HEAD that the work tree has otherwise or no more, and files that are staged as new;
    /// at most `most`, sorted. Empty for a bare repository. Files that nobody staged do not count:
    /// a flake does not see them either.
    std::vector<std::string> uncommitted(std::size_t most) const;

    /// From now on `path()` is a bare repository with exactly the branches `base` and `candidate`
    /// (each where it is given), for Repository::fetch_from.
    struct Branches {
        std::optional<core::Commit> base{};
        std::optional<core::Commit> candidate{};
    };
    void publish(const Branches& branches);
    const std::string& path() const noexcept;
    /// Objects of its history are elsewhere (alternates, a partial clone), and are not taken.
    bool borrows() const noexcept;

  private:
    struct State;
    explicit ForeignClone(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace agentd::proposals
