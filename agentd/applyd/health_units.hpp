/// @file
/// Whether the units are as well as they were: two moments, and what came of the jobs in between.
#pragma once

#include "agentd/machine/unit_manager.hpp"
#include "proposals/effects.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::applyd {

/// How the jobs ended that were begun after a baseline; the others are told apart by their id.
class JobRecord {
  public:
    explicit JobRecord(std::set<std::uint64_t> standing) : standing_(std::move(standing)) {}

    void add(const machine::UnitEvents& events);
    /// `failed`, `timeout`, `dependency`, …: how the unit's last job ended, "" when well or not at
    /// all.
    std::string_view bad_end(const std::string& unit) const;
    /// A job from before ended badly, and the unit had none since.
    bool old_job_failed(const std::string& unit) const;
    bool had_job(const std::string& unit) const { return last_.contains(unit); }
    const std::map<std::string, std::string>& last() const noexcept { return last_; }

  private:
    std::set<std::uint64_t> standing_;
    std::map<std::string, std::string> last_; ///< unit -> result of its last job, "" while it runs
    std::set<std::string> old_failed_;
};

struct UnitTrouble {
    std::string unit{};
    std::string detail{};
    bool certain = false; ///< waiting does not mend it
    friend bool operator==(const UnitTrouble&, const UnitTrouble&) = default;
};

/// Pure. @param before, after sorted by name.
std::vector<UnitTrouble> judge_units(const std::vector<machine::UnitState>& before,
                                     const std::vector<machine::UnitState>& after,
                                     const proposals::Effects& effects, const JobRecord& jobs);

/// Services the change added or changed, and that run by a process it started.
std::vector<std::string> started_services(const std::vector<machine::UnitState>& before,
                                          const std::vector<machine::UnitState>& after,
                                          const proposals::Effects& effects, const JobRecord& jobs);

/// Some service is between two states, and was not so before.
bool restless(const std::vector<machine::UnitState>& before,
              const std::vector<machine::UnitState>& after);

} // namespace agentd::applyd
