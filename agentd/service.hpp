/// @file
/// What every long-running program does alike: its configuration, its signals, what it tells systemd.
#pragma once

#include "agentd/config.hpp"

#include <functional>
#include <stop_token>
#include <string>

namespace agentd {

/// Reads the configuration of `--config FILE` (default /etc/agentd/agentd.toml); prints problems and returns
/// nullopt when there are any, also for unknown arguments. `--help` and `--version` print and return nullopt
/// with `exit_status` 0.
std::optional<Config> configuration_from(int argc, char** argv, std::string_view program,
                                         int& exit_status);

/// Runs `serve` with a token that SIGTERM and SIGINT stop. Tells systemd when it is ready and when it
/// stops. A Failure is printed and becomes exit status 1 (69 for `unavailable`, 78 for `misconfigured`).
int run_service(std::string_view program, const std::function<void(const std::stop_token&)>& serve);

} // namespace agentd
