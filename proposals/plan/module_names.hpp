/// @file
/// How a module is named where it is imported.
#pragma once

#include "proposals/plan/workspace.hpp"

#include <string>

namespace agentd::proposals::plan {

/// What another file calls it: the folder of a default.nix.
std::string importable(const std::string& file);
/// `inputs.self.nixosModules.x` where the imports beside it are written so; "" elsewhere.
std::string as_output(Workspace& space, const nix::Tree& tree, const std::string& module);
/// A function of a function: something calls it before it is a module.
bool takes_more(Workspace& space, const std::string& module);

} // namespace agentd::proposals::plan
