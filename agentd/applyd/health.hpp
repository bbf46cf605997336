/// @file
/// Whether the machine is well: judged against how it was before, and by root's own checks.
#pragma once

#include "agentd/config.hpp"
#include "agentd/machine/machine.hpp"
#include "proposals/effects.hpp"

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

/// How the machine was before it was touched.
struct Baseline {
    std::vector<machine::UnitState> units{};
    std::vector<std::string> failing_checks{}; ///< were so before: not this change's fault
};

class Health {
  public:
    Health(const Config& config, machine::Machine& machine, std::string probe_program);

    /// Failure{misconfigured} when a check of the configuration cannot be carried out at all.
    Baseline baseline(const std::stop_token& stop);
    /// Waits until the changed units came to rest (`[apply] settle_seconds` at least), then looks:
    /// nothing failed that had not failed before, what ran before or was added runs and does not
    /// restart over and over, and every check of the configuration that was well before is well.
    std::vector<CheckResult> look(const Baseline& before, const proposals::Effects& effects,
                                  const std::stop_token& stop);

  private:
    CheckResult run_check(const HealthCheck& check, const std::stop_token& stop);
    CheckResult probe(const HealthCheck& check, const std::stop_token& stop);
    std::vector<machine::UnitState> settle(const std::stop_token& stop);

    const Config& config_;
    machine::Machine& machine_;
    std::string probe_;
};

/// Compares two moments; pure. @param removed units that the new system does not have any more.
std::vector<CheckResult> judge_units(const std::vector<machine::UnitState>& before,
                                     const std::vector<machine::UnitState>& after,
                                     const proposals::Effects& effects);
bool all_well(const std::vector<CheckResult>& results) noexcept;

} // namespace agentd::applyd
