/// @file
/// Starting one program and waiting for it, whatever it does.
#pragma once

#include "sandbox/outcome.hpp"

#include <stop_token>

namespace agentd::sandbox {

/// Starts the program in a process group of its own, with descriptors 0, 1 and 2 only, default
/// signal dispositions and an empty signal mask, and returns once it has ended and its group has
/// been killed.
///
/// A deadline, a stop request or an output limit sends SIGTERM to the group and, after the grace,
/// SIGKILL. A descendant that left the group and holds a pipe delays the return by at most a
/// quarter of a second.
/// @throws core::Failure when the program cannot be started, or its profile cannot be had; nothing
/// ran then.
Outcome run(const Command& command, std::stop_token stop = {});

} // namespace agentd::sandbox
