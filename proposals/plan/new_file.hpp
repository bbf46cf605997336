/// @file
/// How a new module is written, and what comes of a plan that moves modules.
#pragma once

#include "proposals/plan/workspace.hpp"

#include <optional>
#include <string>

namespace agentd::proposals::plan {

/// As most modules of the folder begin, or most of the repository where it has too few.
nix::Heading heading_in(Workspace& space, const std::string& folder);

/// The repository as it is after the edits so far, and with `text` at `path` where that is given.
core::Result<map::RepoMap> map_after(Workspace& space, const std::string& path = {},
                                     const std::string& text = {});

/// `other_hosts`: a host that is not of `targets` would be made of other files than before.
std::optional<core::Problem> changed_others(const map::RepoMap& before, const map::RepoMap& after,
                                            const HostNames& targets);

} // namespace agentd::proposals::plan
