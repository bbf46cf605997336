/// @file
/// How a module is named where it is imported.
#pragma once

#include "proposals/plan/workspace.hpp"

#include <string>

namespace agentd::proposals::plan {

/// What another file calls it: the folder of a default.nix.
std::string importable(const std::string& file);
/// The module as `importer` writes its path, or would.
nix::Import import_of(const nix::Tree& tree, const std::string& importer,
                      const std::string& module);
/// nullptr where the host, or the home of its user, is not made of it.
const map::ModuleUse* use_of(const map::Host& host, const std::string& user,
                             const std::string& module);
/// A module by the name that the flake gives it: `inputs.self.nixosModules.x`, or `x` in the list
/// of `with flake.nixosModules; [ … ]`.
struct Output {
    std::string text{};   ///< "" where it has none
    std::string beside{}; ///< another one of the same list
    bool told{};          ///< the flake says the name; else it is called as its neighbours are
};
/// Where the imports beside it in `importer` are written so.
Output as_output(Workspace& space, const std::string& importer, const std::string& module);
/// How `importer` writes it now; "" where no name of its imports is the module's, or several are.
std::string output_in(Workspace& space, const std::string& importer, const std::string& module);
/// A function of a function: something calls it before it is a module.
bool takes_more(Workspace& space, const std::string& module);

} // namespace agentd::proposals::plan
