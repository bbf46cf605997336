/// @file
/// Which addresses are anybody's, and which are inside of somebody's network.
#pragma once

#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

namespace agentd::fetching {

/// False for loopback, link-local, private, shared, documentation, multicast and reserved addresses
/// (the IANA special-purpose registries), also where they stand inside of an IPv6 one; and for what
/// is no IP address.
bool is_public(const sockaddr& address);
std::string text_of(const sockaddr& address);

} // namespace agentd::fetching
