/// @file
/// Whose place on a server an address of the web is about.
#pragma once

#include <string_view>

namespace agentd::proposals::flake {

/// Whether both are addresses of the same place: of one repository of a forge, of one channel of
/// NixOS, or on a server whose addresses are of no form that tells more. What only one of them
/// tells, or what leads up in its path, is never the same, but where they are one address.
/// @param asked, found decoded, without query, in lower case up to the path (plain_url)
bool is_same_web_place(std::string_view asked, std::string_view found);

} // namespace agentd::proposals::flake
