/// @file
/// Looking at the machine from outside of it: a network of one's own, joined to it by a wire.
#pragma once

#include "agentd/core/result.hpp"

#include <string>

namespace agentd::probe {

/// Moves this process into a new network that is joined to the one it was in by a veth pair, and
/// gives the address that the machine has on that wire: every other address of the machine is
/// reached through it too, and the machine's firewall sees a packet from elsewhere. All of it goes
/// with this process. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN. IPv4 only.
core::Result<std::string> step_outside();

} // namespace agentd::probe
