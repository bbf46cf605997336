#include "agentd/observers/units.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace agentd::observers {

namespace {

using machine::UnitState;

/// Services that multi-user.target of the running system wants, from the built tree itself.
std::set<std::string> wanted_units(const machine::Machine& machine) {
    std::set<std::string> wanted;
    const auto running = machine.links().running;
    if (!running) {
        return wanted;
    }
    std::error_code error;
    const std::string folder = running->str() + "/etc/systemd/system/multi-user.target.wants";
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".service") && core::UnitName::parse(name)) {
            wanted.insert(name);
        }
    }
    return wanted;
}

Condition failed(const UnitState& unit) {
    return {.key = "unit_failed:" + unit.name,
            .kind = "unit_failed",
            .subject = unit.name,
            .title = unit.name + " has failed",
            .detail = "systemd says " + unit.active + " (" + unit.sub + "), result " +
                      (unit.result.empty() ? "unknown" : unit.result),
            .severity = Severity::critical};
}

/// The unit is not part of the running system at all.
Condition missing(const std::string& name) {
    return {.key = "unit_missing:" + name,
            .kind = "unit_missing",
            .subject = name,
            .title = name + " is expected and not there",
            .detail = "the owner expects this service (observe.services); the running system has no "
                      "such unit",
            .severity = Severity::warning};
}

Condition inactive(const std::string& name) {
    return {.key = "unit_inactive:" + name,
            .kind = "unit_inactive",
            .subject = name,
            .title = name + " is not running",
            .detail = "the running system wants it, and it is not active",
            .severity = Severity::warning};
}

} // namespace

std::vector<Condition> look_at_units(machine::Machine& machine,
                                     const std::vector<std::string>& expected) {
    const auto units = machine.units().list();
    std::vector<Condition> conditions;
    for (const UnitState& unit : units) {
        if (unit.failed() && core::UnitName::parse(unit.name)) {
            conditions.push_back(failed(unit));
        }
    }
    std::set<std::string> wanted = wanted_units(machine);
    wanted.insert(expected.begin(), expected.end());
    for (const std::string& name : wanted) {
        const UnitState* unit = machine::find_unit(units, name);
        const bool own = std::find(expected.begin(), expected.end(), name) != expected.end();
        // A oneshot that ran and ended well is inactive for good reason.
        const bool ended = unit != nullptr && unit->active == "inactive" && !own;
        const bool there = unit != nullptr && (unit->active == "active" || unit->failed() ||
                                               unit->active == "activating" ||
                                               unit->active == "reloading");
        if (!there && !ended) {
            const auto running = machine.links().running;
            const bool defined =
                running &&
                std::filesystem::exists(running->str() + "/etc/systemd/system/" + name);
            conditions.push_back(defined ? inactive(name) : missing(name));
        }
    }
    return conditions;
}

} // namespace agentd::observers
