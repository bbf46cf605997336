/// @file
/// The functions of Nix and of nixpkgs' lib that say which files a host is made of.
#pragma once

#include "proposals/map/reader.hpp"

#include <map>
#include <string_view>

namespace agentd::proposals::map {

using Library = std::map<std::string_view, Known, std::less<>>;
using Arguments = std::span<const Item>;

void add_list_functions(Library& library);
void add_set_functions(Library& library);
void add_text_functions(Library& library);
void add_file_functions(Library& library);
void add_word_functions(Library& library);
void add_data_functions(Library& library);
void add_folds(Library& library);
void add_flake_functions(Library& library);

} // namespace agentd::proposals::map
