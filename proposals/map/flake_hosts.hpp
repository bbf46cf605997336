/// @file
/// The hosts of a flake, each with the files it is made of.
#pragma once

#include "proposals/map/repo_map.hpp"

namespace agentd::proposals::map {

/// Fills hosts, inputs, discovered and notes. Problem `no_flake`.
core::Result<core::Done> read_flake(Files& files, RepoMap& map);

} // namespace agentd::proposals::map
