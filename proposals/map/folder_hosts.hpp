/// @file
/// Hosts by where their files lie, for a flake that does not say without Nix how they are made.
#pragma once

#include "proposals/map/reader.hpp"
#include "proposals/map/repo_map.hpp"

namespace agentd::proposals::map {

/// Gives hosts whose modules could not be told the file that is called as they are, and takes the
/// folders of hosts (`hosts/`, `machines/`, …) for hosts where there are none. Only files that say
/// what a machine is (its disks, its name, its platform) count. What is found is never all: such a
/// host has a line in `unresolved`, and `hosts_known` is false where it was named by its folder.
void read_host_folders(Files& files, Reader& reader, RepoMap& map);

} // namespace agentd::proposals::map
