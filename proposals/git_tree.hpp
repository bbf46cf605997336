/// @file
/// The tree of a commit as intake and the map see it; for the git*.cpp files only.
#pragma once

#include "proposals/git_handles.hpp"
#include "proposals/tree.hpp"

#include <memory>
#include <string>
#include <vector>

namespace agentd::proposals {

/// It must not outlive the repository. One thread at a time.
std::unique_ptr<TreeReader> read_tree(git_repository* repository, GitTree tree);
/// Every file, link and submodule, sorted by path.
std::vector<std::string> tree_paths(git_repository* repository, const core::Commit& commit);

} // namespace agentd::proposals
