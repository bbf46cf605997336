/// @file
/// Whether the machine is well: judged against how it was before, and by root's own checks.
#pragma once

#include "agentd/applyd/health_checks.hpp"
#include "agentd/core/json.hpp"
#include "agentd/machine/machine.hpp"
#include "proposals/effects.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::applyd {

/// How the machine was before it was touched, and a watch that began just before.
struct Baseline {
    std::unique_ptr<machine::UnitWatch> watch{};
    std::vector<machine::UnitState> units{};
    ChecksBefore checks{};
};

/// Hears which services are still watched, and for how long.
using OnWatch = std::function<void(const std::string& what)>;

class Health {
  public:
    Health(const Config& config, machine::Machine& machine, std::string probe_program);

    /// To be taken right before the switch: jobs begun from then on are taken for the switch's.
    /// Failure{misconfigured} when a required check of the configuration cannot be carried out.
    Baseline baseline(const std::stop_token& stop);
    /// After the switch. First the settle window (`[apply] settle_seconds`; as long again for what
    /// has not come to rest): none of the jobs since the baseline ended badly, nothing failed that
    /// had not, what ran before or was added runs and does not restart over and over. Then the
    /// checks of the configuration. Then services that the change started are watched until they
    /// are `watch_seconds` old (at most half of `way_back_seconds`), and everything is looked at
    /// once more. Ends early with what is certainly not well, and on `stop` (then not well).
    std::vector<CheckResult> look(const Baseline& before, const proposals::Effects& effects,
                                  const std::stop_token& stop, const OnWatch& on_watch = {});
    /// The checks of the configuration by themselves, each with its start period and retries.
    std::vector<CheckResult> checks(const std::stop_token& stop);
    /// One try of each: `{"checks":[{name, kind, target, ok, required, detail}]}`.
    core::Json checks_now(const std::stop_token& stop);

  private:
    const Config& config_;
    machine::Machine& machine_;
    Checks checks_;
};

} // namespace agentd::applyd
