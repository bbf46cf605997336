/// @file
/// Waiting beside the units after a switch until it is known whether they are well.
#pragma once

#include "agentd/applyd/health_units.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::applyd {

class Vigil {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    /// @param watch begun when `before` was listed. All are referred to.
    Vigil(machine::UnitManager& units, machine::UnitWatch& watch,
          const std::vector<machine::UnitState>& before, const proposals::Effects& effects);

    struct Span {
        Moment earliest{}; ///< then, when all have come to rest
        Moment latest{};   ///< then in any case
    };
    /// What is wrong at the end; ends at once when a unit of the change is beyond mending, or on
    /// `stop`. Sleeps until something happens.
    std::vector<UnitTrouble> until(Span span, const std::stop_token& stop);
    /// Of the last look.
    std::vector<std::string> started() const;

  private:
    std::vector<UnitTrouble> look();

    machine::UnitManager& manager_;
    machine::UnitWatch& watch_;
    const std::vector<machine::UnitState>& before_;
    const proposals::Effects& effects_;
    JobRecord jobs_;
    std::vector<machine::UnitState> units_;
};

} // namespace agentd::applyd
