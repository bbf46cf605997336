#include "proposals/flake/web_address.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

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

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// The last part of a name is never a number.
bool is_number(std::string_view host) {
    return is_digit(host.substr(host.rfind('.') + 1).front());
}

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
    if (from == to || to.ends_with("." + from)) {
        return true;
    }
    const auto parts = core::split(from, '.');
    if (parts.size() < 3 || is_number(from)) {
        return false;
    }
    // `example.co.uk` has nothing in common with its neighbours.
    const auto last = parts.back(), second = parts[parts.size() - 2];
    const bool country = parts.size() == 3 && last.size() == 2 && second.size() <= 3;
    return !country && to.ends_with(from.substr(parts.front().size()));
}

} // namespace agentd::proposals::flake
