/// @file
/// Every unit's state, kept up to date by what the service manager tells, listed anew only when
/// that is not enough.
#pragma once

#include "agentd/machine/unit_manager.hpp"
#include "agentd/machine/unit_watch.hpp"

#include <memory>
#include <vector>

namespace agentd::observers {

/// For one thread at a time. The manager has to outlive it.
class UnitTable {
  public:
    explicit UnitTable(machine::UnitManager& manager) : manager_(manager) {}

    /// -1 while there is no subscription; else readable when `take` has something to do.
    int descriptor() const noexcept { return watch_ ? watch_->descriptor() : -1; }
    /// Subscribes when there is no subscription, and takes in what happened.
    void take();
    /// The next `units` asks the manager.
    void forget() noexcept { fresh_ = false; }
    /// Sorted by name. @throws core::Failure when the manager does not answer.
    const std::vector<machine::UnitState>& units();

  private:
    void take_in(const machine::UnitChange& change);

    machine::UnitManager& manager_;
    std::unique_ptr<machine::UnitWatch> watch_;
    std::vector<machine::UnitState> units_;
    bool fresh_ = false;
};

} // namespace agentd::observers
