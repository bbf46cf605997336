/// @file
/// The checks of root's own configuration: how they were before a switch, and how they are after.
#pragma once

#include "agentd/applyd/health_ask.hpp"

#include <chrono>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::applyd {

struct CheckResult {
    std::string name{};
    bool ok = false;
    bool required = true;
    std::string detail{};
};

bool all_well(const std::vector<CheckResult>& results) noexcept;

/// How each check was before anything was touched, by its name.
struct CheckBefore {
    CheckWay way{};
    bool failing = false; ///< it was so before: not the change's fault
    std::string detail{};
};
using ChecksBefore = std::map<std::string, CheckBefore>;

class Checks {
  public:
    Checks(const Config& config, machine::Machine& machine, std::string probe_program)
        : config_(config), asker_(config, machine, std::move(probe_program)) {}

    /// Tries each, once more where it fails. Failure{misconfigured} when a required one cannot be
    /// carried out at all: it must not pass for one that failed before.
    ChecksBefore before(const std::stop_token& stop);
    /// Each with its start period (from `began`) and its retries; ends with the first required one
    /// that fails.
    std::vector<CheckResult> after(const ChecksBefore& before,
                                   std::chrono::steady_clock::time_point began,
                                   const std::stop_token& stop);
    /// One try of each, for people.
    std::vector<CheckResult> now(const std::stop_token& stop);

  private:
    Asked try_until_well(const HealthCheck& check, const CheckWay& way,
                         std::chrono::steady_clock::time_point began, const std::stop_token& stop);

    const Config& config_;
    Asker asker_;
};

} // namespace agentd::applyd
