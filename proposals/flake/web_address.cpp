#include "proposals/flake/web_address.hpp"

#include "agentd/core/text.hpp"
#include "proposals/flake/web_place.hpp"

#include <algorithm>
#include <array>

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

/// -1 where it is none.
int port_of(std::string_view url) {
    const auto whole = authority(url);
    const auto colon = whole.rfind(':');
    if (colon == whole.npos || whole.ends_with(']')) {
        return url.starts_with("http://") ? 80 : 443;
    }
    const auto port = core::parse_integer(whole.substr(colon + 1));
    return port && *port >= 1 && *port <= 65'535 ? static_cast<int>(*port) : -1;
}

constexpr std::array leads_to{
    Lead{"github.com", "codeload.github.com"},
    Lead{"github.com", "api.github.com"},
    Lead{"github.com", "objects.githubusercontent.com"}, // files of a release
    Lead{"github.com", "release-assets.githubusercontent.com"},
    Lead{"nixos.org", "channels.nixos.org"},
    Lead{"nixos.org", "releases.nixos.org"},
    Lead{"channels.nixos.org", "releases.nixos.org"}};

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
    return web && port_of(url) > 0 ? why_no_host(authority(url)) : std::string(no_web);
}

bool may_lead_on(std::string_view asked, std::string_view found) {
    const std::string from = host_of(authority(asked));
    const std::string to = host_of(authority(found));
    const int port = port_of(found);
    const bool usual = port == (found.starts_with("http://") ? 80 : 443);
    if ((port != port_of(asked) && !usual) ||
        (asked.starts_with("https://") && !found.starts_with("https://"))) {
        return false; // another door of the same house is somebody else's, and nobody leaves https
    }
    const bool known = from == to || to.ends_with("." + from) ||
                       std::any_of(leads_to.begin(), leads_to.end(), [&](const Lead& lead) {
                           return lead.from == from && lead.to == to;
                       });
    return known && is_same_web_place(asked, found);
}

std::span<const Lead> leads_by_design() {
    return leads_to;
}

} // namespace agentd::proposals::flake
