/// @file
/// Lists that are a file of their own, which a module reads with `import`.
#pragma once

#include "proposals/plan/workspace.hpp"

#include <string>

namespace agentd::proposals::plan {

/// The file that holds the list: another one where the value is `import ./packages.nix …` or
/// `callPackage ./packages.nix …`, else the file of the binding itself.
std::string list_file_of(Workspace& space, const Definition& one);

/// Who else reads that file: hosts, and files that are of no host.
HostNames others_that_read(Workspace& space, const std::string& list, const HostNames& hosts);

} // namespace agentd::proposals::plan
