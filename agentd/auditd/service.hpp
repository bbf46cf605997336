/// @file
/// The program's life: open the log, listen, serve, and stop when asked to.
#pragma once

#include "agentd/auditd/options.hpp"

namespace agentd::auditd {

/// Serves until SIGTERM or SIGINT. 0 after a clean stop, 1 when the disk broke.
/// Failure when the log or the socket cannot be had. Call it before any thread exists.
int serve(const Options& options);

} // namespace agentd::auditd
