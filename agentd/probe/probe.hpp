/// @file
/// Whether something answers as it should; each question ends with an exit status.
#pragma once

#include "agentd/core/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::probe {

constexpr int well = 0;
constexpr int unwell = 1;
constexpr int cannot = 64; ///< it cannot be found out at all

/// What one question came to; `said` is for a person, one line.
struct Answer {
    int status = well;
    std::string said{};
};

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

/// Accepts a connection?
Answer tcp(const Endpoint& endpoint, std::chrono::seconds limit);
/// Answers GET with a status of 200 to 399?
Answer http(const Page& page, std::chrono::seconds limit);
/// Does the machine's own resolver know an address of it? (getaddrinfo(3): files, DNS, whatever is
/// configured.) The caller ends a resolver that hangs.
Answer dns(const std::string& name);
/// Has the file system of `path` so much room for others than root?
Answer disk(const std::string& path, std::int64_t mib, std::int64_t inodes);

} // namespace agentd::probe
