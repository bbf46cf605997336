/// @file
/// PID 1 of the machine.
#pragma once

#include <filesystem>

namespace agentd::demo {

/// Boots `system` (or the boot default), prints "ready" on stdout when default.target is up, then
/// supervises until poweroff or SIGTERM. Returns the exit status of the machine.
int init(const std::filesystem::path& system);

} // namespace agentd::demo
