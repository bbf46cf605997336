/// @file
/// The way back, armed before anything changes: it is taken when nobody says otherwise in time.
#pragma once

#include "agentd/config.hpp"

#include <chrono>
#include <string>

namespace agentd::applyd {

/// Under systemd a transient timer; on a demo machine a process of its own. Either runs
/// `agentd-applyd --settle`, which takes back what is still in flight with this nonce. It lives
/// outside this process and outlives it.
class WayBack {
  public:
    WayBack(const Config& config, std::string config_file)
        : config_(config), config_file_(std::move(config_file)) {}

    /// Taken `after` so long. Failure when it cannot be armed: then nothing may be activated.
    void arm(const std::string& nonce, std::chrono::microseconds after);
    /// The journal no longer names the nonce, so a way back that fires finds nothing to do; this
    /// only spares it the wait.
    void disarm(const std::string& nonce) noexcept;

  private:
    const Config& config_;
    std::string config_file_;
};

} // namespace agentd::applyd
