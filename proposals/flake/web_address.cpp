#include "proposals/flake/web_address.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace agentd::proposals::flake {

namespace {

constexpr std::string_view no_web = "its address is not one of the web (https)";

/// What stands between `://` and the path.
std::string_view authority(std::string_view url) {
    const auto start = url.find("://");
    const auto rest = start == url.npos ? std::string_view{} : url.substr(start + 3);
    return rest.substr(0, rest.find('/'));
}

std::string host_of(std::string_view authority) {
    const auto colon = authority.rfind(':');
    const bool port = colon != authority.npos && !authority.ends_with(']') &&
                      authority.find_first_not_of("0123456789", colon + 1) == authority.npos;
    std::string host = core::to_lower(authority.substr(0, port ? colon : authority.npos));
    while (host.ends_with('.')) {
        host.pop_back();
    }
    return host;
}

/// Neighbours that are one owner's. A name of two parts that both stand below is no proof: anybody
/// has a place below `github.io`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 1> leads_to{
    {{"channels.nixos.org", "releases.nixos.org"}}};

} // namespace

std::string why_no_host(std::string_view authority) {
    const std::string host = host_of(authority);
    const bool number = host.starts_with('[');
    const auto first_odd = number
                               ? host.find_first_not_of("0123456789abcdef:.", 1)
                               : host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.");
    const bool plain = number ? first_odd == host.size() - 1 && host.ends_with(']')
                              : !host.empty() && first_odd == std::string::npos &&
                                    host.front() != '-' && host.front() != '.';
    return plain && host.find("..") == std::string::npos ? "" : std::string(no_web);
}

std::string why_no_web(std::string_view url) {
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    return web ? why_no_host(authority(url)) : std::string(no_web);
}

bool may_lead_on(std::string_view asked, std::string_view found) {
    const std::string from = host_of(authority(asked));
    const std::string to = host_of(authority(found));
    return from == to || to.ends_with("." + from) ||
           std::any_of(leads_to.begin(), leads_to.end(),
                       [&](const auto& pair) { return pair.first == from && pair.second == to; });
}

} // namespace agentd::proposals::flake
