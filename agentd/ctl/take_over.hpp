/// @file
/// Commits of a person's clone, taken over into a repository of ours.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "proposals/git.hpp"
#include "proposals/git_foreign.hpp"

#include <string>

namespace agentd::ctl {

/// What the clone publishes under `branch`. Problems: those of Repository::fetch_from, and
/// `missing_objects`, where the clone has not all of it.
/// @param where the clone, as the person named it
core::Result<core::Commit> take_over(proposals::Repository& own,
                                     const proposals::ForeignClone& clone,
                                     const std::string& branch, const std::string& where);

} // namespace agentd::ctl
