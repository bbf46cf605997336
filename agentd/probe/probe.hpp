/// @file
/// Whether something accepts a connection, or a page answers; each ends with an exit status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::probe {

constexpr int cannot = 64; ///< it cannot be found out at all

struct Target {
    std::string address{}; ///< IPv4
    std::int64_t port = 80;
    std::string path = "/";
};

/// `http://127.0.0.1:8080/healthz`; nullopt for anything else, https too.
std::optional<Target> parse_url(std::string_view url);

/// Says why on stderr; 0, 1 or `cannot`.
int fail(const char* what, int status = 1);
/// 0 when it accepts a connection within `seconds`.
int tcp(const Target& target, std::int64_t seconds);
/// 0 when it answers GET with a status of 200 to 399.
int http(const Target& target, std::int64_t seconds);

} // namespace agentd::probe
