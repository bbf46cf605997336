/// @file
/// Addresses of the web as inputs have them, and whose they are.
#pragma once

#include <string>
#include <string_view>

namespace agentd::proposals::flake {

/// Why nobody else can fetch from there: no http(s), a key or a name in it, a host that is none. ""
/// when one can. Whose network the host is in the fetch worker finds out, which resolves it.
/// @param url decoded, in lower case up to its path
std::string why_no_web(std::string_view url);

/// The same of a host alone, with or without its port.
std::string why_no_host(std::string_view host);

/// Whether what is asked for at one address may be found at the other: the same host, one below it,
/// or where it is known to lead (`channels.nixos.org` leads to `releases.nixos.org`).
bool may_lead_on(std::string_view asked, std::string_view found);

} // namespace agentd::proposals::flake
