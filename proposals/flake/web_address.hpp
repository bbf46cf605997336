/// @file
/// Addresses of the web as inputs have them, and whose they are.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace agentd::proposals::flake {

/// Why nobody else can fetch from there: no http(s), a key or a name in it, a host that is none. ""
/// when one can. Whose network the host is in the fetch worker finds out, which resolves it.
/// @param url decoded, in lower case up to its path
std::string why_no_web(std::string_view url);

/// The same of a host alone, with or without its port.
std::string why_no_host(std::string_view host);

struct Lead {
    std::string_view from{};
    std::string_view to{};
};
/// Servers, in lower case, that lead on to others of the same owner by design: a forge to where it
/// keeps its archives. A name of two parts that both stand below is no proof: anybody has a place
/// below `github.io`.
std::span<const Lead> leads_by_design();

/// Whether what is asked for at one address may be found at the other: the same host, one below it,
/// or where it leads by design; and there the same place (web_place.hpp).
bool may_lead_on(std::string_view asked, std::string_view found);

} // namespace agentd::proposals::flake
