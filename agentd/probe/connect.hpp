/// @file
/// One TCP connection within a time.
#pragma once

#include "agentd/core/fd.hpp"
#include "agentd/core/result.hpp"
#include "agentd/probe/probe.hpp"

#include <chrono>

namespace agentd::probe {

/// Tries each address the name has; the socket is blocking. The problem's code is `cannot` when
/// there is no such address.
core::Result<core::Fd> connect_to(const Endpoint& endpoint, std::chrono::seconds limit);

} // namespace agentd::probe
