/// @file
/// Every unit's state, kept up to date by what the service manager tells, listed anew only when
/// that is not enough.
#pragma once

#include "agentd/machine/unit_manager.hpp"
#include "agentd/machine/unit_watch.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace agentd::observers {

/// How often units were told to have failed.
struct Falls {
    std::map<std::string, std::int64_t> times{}; ///< by name
    std::int64_t begun_anew = 0; ///< how often all of them were counted from nothing
    friend bool operator==(const Falls&, const Falls&) = default;
};

/// For one thread at a time. The manager has to outlive it.
class UnitTable {
  public:
    explicit UnitTable(machine::UnitManager& manager) : manager_(manager) {}

    /// -1 while there is no subscription; else readable when `take` has something to do.
    int descriptor() const noexcept { return watch_ ? watch_->descriptor() : -1; }
    /// Subscribes when there is no subscription, and takes in what happened. True when that was
    /// anything.
    bool take();
    /// The next `units` asks the manager.
    void forget() noexcept { fresh_ = false; }
    /// Sorted by name. @throws core::Failure when the manager does not answer.
    const std::vector<machine::UnitState>& units();
    /// Of some 1,024 units, more than that begins anew with the next `take`: also those that were
    /// never there when somebody looked.
    const Falls& falls() const noexcept { return falls_; }

  private:
    void take_in(const machine::UnitChange& change);
    void count(const machine::UnitChange& change);
    void count_anew();

    machine::UnitManager& manager_;
    std::unique_ptr<machine::UnitWatch> watch_;
    std::vector<machine::UnitState> units_;
    bool fresh_ = false;
    Falls falls_;
    std::set<std::string> down_; ///< told to have failed, and nothing else since
};

} // namespace agentd::observers
