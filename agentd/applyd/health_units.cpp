#include "agentd/applyd/health_units.hpp"

#include <algorithm>

namespace agentd::applyd {

namespace {

using machine::UnitState;

bool ends_badly(std::string_view result) {
    return result == "failed" || result == "timeout" || result == "dependency" ||
           result == "assert" || result == "unsupported" || result == "frozen";
}

std::set<std::string> units_of_kind(const proposals::Effects& effects, std::string_view kind) {
    std::set<std::string> names;
    for (const auto& effect : effects.effects) {
        if (effect.area == "units" && effect.kind == kind) {
            names.insert(effect.subject);
        }
    }
    return names;
}

std::set<std::string> touched_units(const proposals::Effects& effects) {
    auto touched = units_of_kind(effects, "unit_added");
    touched.merge(units_of_kind(effects, "unit_changed"));
    return touched;
}

bool is_service(const UnitState& unit) {
    return unit.name.ends_with(".service");
}
bool moves(const UnitState& unit) {
    return unit.sub == "auto-restart" || !unit.settled();
}
bool sick(const UnitState* unit) {
    return unit != nullptr && (unit->failed() || unit->sub == "auto-restart");
}
std::string look_there(const std::string& unit) {
    return " (journalctl -u " + unit + ")";
}

std::string times(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " time" : " times");
}

/// What a unit's own state says. @param touched the change added or changed it.
UnitTrouble state_trouble(const UnitState& unit, const UnitState* old, bool touched) {
    const auto trouble = [&](std::string detail, bool certain) {
        return UnitTrouble{unit.name, std::move(detail) + look_there(unit.name), certain};
    };
    if (unit.failed()) {
        return trouble("failed (" + (unit.result.empty() ? unit.sub : unit.result) + ")", touched);
    }
    // A start by the switch begins the count anew; the same process goes on with its old count.
    const bool same = old != nullptr && old->main_pid != 0 && old->main_pid == unit.main_pid;
    if (touched && unit.restarts > 0 && !same) {
        return trouble("was restarted " + times(unit.restarts) + " already", true);
    }
    // A job that a timer or a person started meanwhile may take its time: nothing ran there before.
    const bool at_work = !touched && unit.active == "activating" && unit.sub.starts_with("start") &&
                         (old == nullptr || old->active != "active");
    if (is_service(unit) && moves(unit) && !at_work) {
        return trouble("does not come to rest: " + unit.active + " (" + unit.sub + "), " +
                           std::to_string(unit.restarts) + " restarts",
                       false);
    }
    if (!touched && old != nullptr && unit.restarts > old->restarts + 1) {
        return trouble("falls again and again: " + std::to_string(unit.restarts - old->restarts) +
                           " restarts meanwhile",
                       false);
    }
    return {};
}

/// What the unit's own job says, where its state does not.
UnitTrouble job_trouble(const std::string& name, const UnitState* now, const UnitState* old,
                        bool touched, const JobRecord& jobs) {
    const std::string_view result = jobs.bad_end(name);
    const bool active = now != nullptr && now->active == "active";
    const bool was_active = old != nullptr && old->active == "active";
    // Of what the change has nothing to do with, only what it took down counts.
    if (result.empty() || !(touched || (was_active && !active))) {
        return {};
    }
    return {name,
            "its job ended as `" + std::string(result) + "`, and it is " +
                (now == nullptr ? "not there" : now->active + " (" + now->sub + ")") +
                look_there(name),
            touched};
}

/// What stops without a failure and should not: programs, and what starts them.
bool should_go_on(const UnitState& unit) {
    return unit.active == "active" &&
           ((is_service(unit) && unit.sub == "running") || unit.name.ends_with(".timer") ||
            unit.name.ends_with(".socket"));
}

/// A unit that stopped without a failure comes and goes with people, connections or the clock, and
/// nobody took it down. Not for a service of the change.
bool may_go(const std::string& name, const std::vector<UnitState>& after, const JobRecord& jobs) {
    const bool loaded = machine::find_unit(after, name) != nullptr;
    if (!name.ends_with(".service")) {
        return !loaded; // made for one time: an installed one is still loaded
    }
    if (name.starts_with("user@") || name.starts_with("user-runtime-dir@")) {
        return true; // somebody logged out
    }
    if (!loaded) { // nobody wants it: an instance for a connection, a command, a service of the bus
        return name.find('@') != std::string::npos || !jobs.had_job(name);
    }
    // Done for now: its socket starts it when it is asked.
    const std::string stem = name.substr(0, name.size() - std::string_view(".service").size());
    const UnitState* socket = machine::find_unit(after, stem + ".socket");
    return socket != nullptr && socket->active == "active" && !jobs.had_job(name);
}

} // namespace

void JobRecord::add(const machine::UnitEvents& events) {
    for (const auto& job : events.begun) {
        if (!standing_.contains(job.id)) {
            last_[job.unit].clear();
        }
    }
    for (const auto& job : events.ended) {
        if (standing_.contains(job.id)) {
            if (ends_badly(job.result)) {
                old_failed_.insert(job.unit);
            }
        } else if (job.result != "canceled") { // another took its place and tells how it ends
            last_[job.unit] = job.result;
        }
    }
}

std::string_view JobRecord::bad_end(const std::string& unit) const {
    const auto it = last_.find(unit);
    return it != last_.end() && ends_badly(it->second) ? std::string_view(it->second)
                                                       : std::string_view();
}

bool JobRecord::old_job_failed(const std::string& unit) const {
    return old_failed_.contains(unit) && !last_.contains(unit);
}

std::vector<UnitTrouble> judge_units(const std::vector<UnitState>& before,
                                     const std::vector<UnitState>& after,
                                     const proposals::Effects& effects, const JobRecord& jobs) {
    const auto removed = units_of_kind(effects, "unit_removed");
    const auto touched = touched_units(effects);
    std::map<std::string, UnitTrouble> found;
    const auto add = [&](UnitTrouble trouble) {
        if (!trouble.unit.empty()) {
            const std::string unit = trouble.unit;
            found.try_emplace(unit, std::move(trouble));
        }
    };
    const auto excused = [&](const std::string& name) { // was so before: not this change's fault
        return sick(machine::find_unit(before, name)) || jobs.old_job_failed(name);
    };
    for (const UnitState& unit : after) {
        if (!excused(unit.name)) {
            add(state_trouble(unit, machine::find_unit(before, unit.name),
                              touched.contains(unit.name)));
        }
    }
    for (const auto& [name, result] : jobs.last()) {
        if (!excused(name) && !removed.contains(name)) {
            add(job_trouble(name, machine::find_unit(after, name), machine::find_unit(before, name),
                            touched.contains(name), jobs));
        }
    }
    for (const UnitState& unit : before) {
        const UnitState* now = machine::find_unit(after, unit.name);
        const bool runs = now != nullptr && now->active != "inactive";
        const bool changed = is_service(unit) && touched.contains(unit.name);
        if (should_go_on(unit) && !runs && !removed.contains(unit.name) &&
            (changed || !may_go(unit.name, after, jobs))) {
            add({unit.name, "ran before and does not run now" + look_there(unit.name), false});
        }
    }
    std::vector<UnitTrouble> all;
    for (auto& [unit, trouble] : found) {
        all.push_back(std::move(trouble));
    }
    return all;
}

std::vector<std::string> started_services(const std::vector<UnitState>& before,
                                          const std::vector<UnitState>& after,
                                          const proposals::Effects& effects,
                                          const JobRecord& jobs) {
    std::vector<std::string> started;
    for (const std::string& name : touched_units(effects)) {
        const UnitState* now = machine::find_unit(after, name);
        if (now == nullptr || !is_service(*now) || now->main_pid == 0) {
            continue;
        }
        const UnitState* old = machine::find_unit(before, name);
        if (old == nullptr || old->main_pid != now->main_pid || jobs.had_job(name)) {
            started.push_back(name);
        }
    }
    return started;
}

bool restless(const std::vector<UnitState>& before, const std::vector<UnitState>& after) {
    return std::any_of(after.begin(), after.end(), [&](const UnitState& unit) {
        const UnitState* old = machine::find_unit(before, unit.name);
        return is_service(unit) && moves(unit) && !(old != nullptr && moves(*old));
    });
}

} // namespace agentd::applyd
