/// @file
/// What frameworks of flakes make of what they are given: they are inputs, so they are not read
/// here, and what they do with folders and tables is known by their documentation.
#pragma once

#include "proposals/map/library.hpp"

#include <string>
#include <vector>

namespace agentd::proposals::map {

/// A host: its modules, and what they are called with.
struct MadeHost {
    std::string name{};
    std::string output{"nixosConfigurations"};
    std::vector<Item> modules{};
    Value* special{}; ///< nullptr: nothing of its own
};

/// `{ nixosConfigurations.NAME = …; }`.
Value* outputs_of(Reader& reader, const std::vector<MadeHost>& hosts);
/// The same as `before` with these hosts too.
void add_host(Reader& reader, Value& outputs, const MadeHost& host);
/// The path of a file or of a folder with a default.nix; nullptr when there is none.
Value* there(Reader& reader, const std::string& path);
/// Modules of a folder by their names: `x.nix` and `x/` are `x`, `x/y.nix` is `x-y`.
Value* modules_by_name(Reader& reader, const std::string& folder);
/// One name of a set; nullptr where it has not.
Value* part_of(Reader& reader, Value* set, const std::string& name);
/// A path value, or the flake's own folder.
std::string folder_or(Reader& reader, Value* value, const std::string& otherwise);
/// `a/b`, also below the root.
std::string below_folder(const std::string& folder, const std::string& name);
/// `{ home-manager.users.USER = MODULES; }`.
Value* home_module(Reader& reader, const std::map<std::string, std::vector<Item>>& users);

/// Their outputs, told by the argument of their function.
Value* clan_outputs(Reader& reader, Value* given);
Value* snowfall_outputs(Reader& reader, Value* library, Value* given);
Value* blueprint_outputs(Reader& reader, Value* given);
Value* unified_outputs(Reader& reader, const std::string& root);
Value* flake_utils_plus_outputs(Reader& reader, Value* given);

/// Hosts that flake-parts modules of inputs make of the settings they are given.
Value* parts_outputs(Reader& reader, Value* config, Value* arguments);
Value* den_outputs(Reader& reader, Value* config);

} // namespace agentd::proposals::map
