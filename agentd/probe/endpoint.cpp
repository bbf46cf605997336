#include "agentd/probe/endpoint.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::probe {

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0) {
        return std::nullopt;
    }
    const auto port = core::parse_integer(text.substr(colon + 1));
    std::string_view address = text.substr(0, colon);
    if (address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    }
    if (!port || *port < 1 || *port > 65'535 || address.empty()) {
        return std::nullopt;
    }
    return Endpoint{.address = std::string(address), .port = *port};
}

std::optional<Page> parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) {
        return std::nullopt;
    }
    url.remove_prefix(scheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    const std::string host(url.substr(0, slash));
    const bool has_port = host.rfind(':') != host.npos && host.back() != ']';
    const auto endpoint = parse_endpoint(has_port ? host : host + ":80");
    if (!endpoint) {
        return std::nullopt;
    }
    return Page{.at = *endpoint, .path = slash < url.size() ? std::string(url.substr(slash)) : "/"};
}

bool is_loopback(std::string_view address) noexcept {
    return address.starts_with("127.") || address == "localhost" || address == "::1";
}

} // namespace agentd::probe
