/// @file
/// Parts of an address, for reference*.cpp alone.
#pragma once

#include "proposals/flake/reference.hpp"

#include <string>
#include <string_view>

namespace agentd::proposals::flake {

bool is_forge(std::string_view type);
/// A name of the registry.
bool is_id(std::string_view text);
/// Without `%41`.
std::string decoded(std::string_view text);
/// An address as it is compared: no query, no last slash, no `.git`, in lower case up to its path.
/// Only the path is decoded: whoever fetches cuts the host out of what is written, where `%2F` is
/// no slash.
std::string plain_url(std::string_view url);
/// Of an address that carries its query with it.
std::string said(const Attributes& of, std::string_view name);

} // namespace agentd::proposals::flake
