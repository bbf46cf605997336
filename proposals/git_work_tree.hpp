/// @file
/// What of a work tree is not committed, found by comparing bytes: no filter or monitor is asked.
#pragma once

#include "proposals/git_handles.hpp"

#include <string>
#include <vector>

namespace agentd::proposals {

struct WorkTreeQuestion {
    git_repository* repository = nullptr;
    const git_tree* tree = nullptr; ///< of HEAD
    std::string work_tree{};
    std::string index{};  ///< git's index file; it need not be there
    std::size_t most = 0; ///< so many are told
};

/// For the git*.cpp files only. As ForeignClone::uncommitted.
std::vector<std::string> uncommitted_files(const WorkTreeQuestion& question);

} // namespace agentd::proposals
