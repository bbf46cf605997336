/// @file
/// Where a repository's refs and objects are, found without asking git and without following it
/// anywhere.
#pragma once

#include "agentd/core/result.hpp"

#include <string>

namespace agentd::proposals {

struct GitFolder {
    std::string work_tree{}; ///< "" for a bare repository
    std::string own{};       ///< has HEAD and the index
    std::string common{};    ///< has refs and objects; the same but for a linked work tree
    bool borrows = false;    ///< it names objects that are elsewhere
};

/// Looks, and opens nothing that is no plain file. Problems as of ForeignClone::open.
core::Result<GitFolder> find_git_folder(const std::string& directory);

} // namespace agentd::proposals
