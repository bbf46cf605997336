/// @file
/// SOCKS 5 (RFC 1928), the part of it that one connection takes: no password, CONNECT only.
#pragma once

#include "agentd/fetching/servers.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace agentd::fetching {

enum class SocksReply : std::uint8_t {
    connected = 0,
    failed = 1,
    not_allowed = 2,
    unreachable = 4
};

/// Reads what a client says first; nullopt when it does not speak so, or not in time.
std::optional<Server> read_request(int fd, std::chrono::milliseconds patience);
void reply(int fd, SocksReply answer);

} // namespace agentd::fetching
