/// @file
/// The files of a commit of somebody's clone, for a command that works without the daemon.
#pragma once

#include "agentd/ctl/context.hpp"
#include "agentd/ctl/scratch.hpp"
#include "proposals/git_foreign.hpp"

#include <memory>
#include <string>
#include <vector>

namespace agentd::ctl {

/// Nothing is copied: objects are read where they are, through a folder of ours.
class OwnTree {
  public:
    /// HEAD of --repo (default: here). Problems as of ForeignClone.
    static core::Result<std::unique_ptr<OwnTree>> open(Context& context);

    const std::string& directory() const noexcept { return directory_; }
    const core::Commit& commit() const noexcept { return commit_; }
    const proposals::TreeReader& tree() const noexcept { return *tree_; }
    const std::vector<std::string>& files() const noexcept { return files_; }
    /// As ForeignClone's.
    std::vector<std::string> uncommitted(std::size_t most) const {
        return clone_.uncommitted(most);
    }

  private:
    OwnTree(std::unique_ptr<Scratch> scratch, std::string directory, proposals::ForeignClone clone,
            core::Commit commit);

    std::unique_ptr<Scratch> scratch_;
    std::string directory_;
    proposals::ForeignClone clone_;
    core::Commit commit_;
    std::unique_ptr<proposals::TreeReader> tree_;
    std::vector<std::string> files_;
};

} // namespace agentd::ctl
