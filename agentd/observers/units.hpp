/// @file
/// Units that failed, that do not stay up, and that the running system or its owner wants and are
/// not there.
#pragma once

#include "agentd/observers/observer.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace agentd::observers {

/// Kinds `unit_failed`, `unit_inactive` (wanted by the running system's multi-user.target or
/// expected by the owner, and not active), `unit_missing` (expected by the owner, and no unit of
/// the running system), `unit_flapping` (started again and again: while it is so, its failures are
/// part of it), and `machine_unreachable` when the service manager does not answer.
class Units final : public Observer {
  public:
    struct Limits {
        std::size_t times =
            3; ///< as many restarts or failures within `window`, and over at least `span`
        std::chrono::microseconds window = std::chrono::minutes(10);
        std::chrono::microseconds span = std::chrono::seconds(2);
        std::chrono::microseconds calm = std::chrono::seconds(30); ///< settled for so long ends it
    };
    explicit Units(std::vector<std::string> expected) : expected_(std::move(expected)) {}
    Units(std::vector<std::string> expected, Limits limits)
        : expected_(std::move(expected)), limits_(limits) {}

    std::vector<std::string> kinds() const override;
    Schedule schedule() const override { return {.on = topics({Topic::units, Topic::links})}; }
    Findings look(Sight& sight) override;

    /// The same for units that were listed already, and what was told of them.
    std::vector<Condition> judge(const std::vector<machine::UnitState>& units,
                                 const std::string& running_system, std::int64_t mono_us,
                                 const Falls& falls = {});

  private:
    struct History {
        std::int64_t restarts = 0;
        bool failed = false;
        bool seen = false;
        std::deque<std::int64_t> restarted{}; ///< when
        std::deque<std::int64_t> fell{};      ///< when it failed for good
        std::int64_t told = 0;                ///< how many of those are in what was told
        std::string result{};                 ///< the last one that was known
        bool flapping = false;
        std::int64_t last = 0; ///< of both
    };
    bool flaps(const machine::UnitState& unit, std::int64_t told, std::int64_t mono_us);
    void remember(History& history, const machine::UnitState& unit, std::int64_t told,
                  std::int64_t mono_us) const;
    void keep(History& history, std::int64_t restarts, std::int64_t fell,
              std::int64_t mono_us) const;
    void forget_old(const std::vector<machine::UnitState>& units, const Falls& falls,
                    std::int64_t mono_us);
    bool too_often(const std::deque<std::int64_t>& times) const;
    bool rests(const History& history, std::int64_t mono_us) const;
    std::vector<Condition> gone(const std::vector<machine::UnitState>& units, const Falls& falls,
                                std::int64_t mono_us);
    std::set<std::string> wanted(const std::string& running_system);

    std::vector<std::string> expected_;
    Limits limits_{};
    std::map<std::string, History> histories_;
    std::int64_t counted_since_ = 0; ///< `Falls::begun_anew` of what was told last
    std::string wanted_of_;          ///< the system that `wanted_` is read from
    std::set<std::string> wanted_;
};

} // namespace agentd::observers
