/// @file
/// How grave the change of one setting of a unit is.
#pragma once

#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/unit_file.hpp"

#include <string>
#include <vector>

namespace agentd::evaluator::effects {

struct SettingChange {
    std::string key{}; ///< without its section
    std::string before{};
    std::string after{};
    Risk risk = Risk::notice;
    bool loses_hardening = false;
};

struct UnitChange {
    std::vector<SettingChange> settings{}; ///< what reads differently
    bool only_builds = false;              ///< some settings name other builds of the same packages
    bool restarts = false;                 ///< a restart trigger changed
    bool commands = false;                 ///< what it runs reads differently
    std::vector<std::string> lines{};      ///< lines of the scripts it runs that changed
};

/// How many of the settings of systemd.exec(5) that take rights away are in force, out of
/// `most_protections`; a service that runs nothing as root counts one for that.
inline constexpr int most_protections = 38;
int protections(const Unit& unit);

/// The same for a reader who knows no grammar: only comments, blank lines, settings of nobody
/// (`X-`) and the builds that are named differ.
bool written_alike(const Unit& before, const Unit& after, const Side& old_side,
                   const Side& new_side);

UnitChange compare_units(const Unit& before, const Unit& after, Comparer& comparer);

} // namespace agentd::evaluator::effects
