/// @file
/// What the files of a repository say of its habits: own options, aspects, secrets, style.
#pragma once

#include "proposals/map/repo_map.hpp"

namespace agentd::proposals::map {

/// Fills own_options, aspects, style, secrets, disko, formatter, home_manager and unused.
void read_traits(Files& files, RepoMap& map);

} // namespace agentd::proposals::map
