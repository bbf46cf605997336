/// @file
/// A network with nobody in it, and one socket of it that is held from outside.
#pragma once

#include "agentd/core/fd.hpp"

#include <chrono>

namespace agentd::fetching {

/// Where what runs inside finds the way out. Of the block for documentation (RFC 5737): never
/// anybody's, and none of those that a unit is kept from.
constexpr const char* way_out = "socks5h://192.0.2.1:1080";

/// Puts this process, which has one thread and is nobody's root, into a network of its own, listens
/// there, and sends the socket over `to`. @throws core::Failure when the kernel does not allow it.
void leave_the_network(int to);
/// What the other half sent; no descriptor when it did not within `patience`.
core::Fd receive_listener(int from, std::chrono::milliseconds patience);

} // namespace agentd::fetching
