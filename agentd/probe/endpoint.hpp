/// @file
/// Where something is asked: an address and a port, or a page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::probe {

struct Endpoint {
    std::string address{}; ///< `127.0.0.1`, `::1`, or a name the host's own resolver knows
    std::int64_t port = 0;
};

struct Page {
    Endpoint at{};
    std::string path = "/";
};

/// `http://127.0.0.1:8080/healthz`, `http://[::1]/`; nullopt for anything else, https too.
std::optional<Page> parse_url(std::string_view url);
/// `127.0.0.1:80`, `[::1]:80`.
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// Reached only from the machine itself.
bool is_loopback(std::string_view address) noexcept;

} // namespace agentd::probe
