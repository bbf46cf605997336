#include "agentd/observers/units.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <filesystem>

namespace agentd::observers {

namespace {

using machine::UnitState;

constexpr std::size_t most_falls = 16;

Condition failed(const UnitState& unit) {
    return {.key = "unit_failed:" + unit.name,
            .kind = "unit_failed",
            .subject = unit.name,
            .title = unit.name + " has failed",
            .detail = "systemd says " + quoted(unit.active, 20) + " (" + quoted(unit.sub, 40) +
                      "), result " +
                      (unit.result.empty() ? std::string("unknown") : quoted(unit.result, 40)),
            .severity = Severity::critical};
}

Condition flapping(const UnitState& unit) {
    return {.key = "unit_flapping:" + unit.name,
            .kind = "unit_flapping",
            .subject = unit.name,
            .title = unit.name + " does not stay up",
            .detail = "it ended and was started again several times within ten minutes; its last "
                      "result is " +
                      (unit.result.empty() ? std::string("unknown") : quoted(unit.result, 40)),
            .severity = Severity::critical};
}

/// The unit is not part of the running system at all.
Condition missing(const std::string& name) {
    return {.key = "unit_missing:" + name,
            .kind = "unit_missing",
            .subject = name,
            .title = name + " is expected and not there",
            .detail =
                "the owner expects this service (observe.services); the running system has no "
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

bool is_up(const UnitState& unit) {
    return unit.active == "active" || unit.active == "activating" || unit.active == "reloading";
}

Fact fact_of(const std::vector<UnitState>& units, const std::vector<Condition>& conditions) {
    const auto bad = static_cast<std::size_t>(
        std::count_if(units.begin(), units.end(), [](const UnitState& u) { return u.failed(); }));
    std::string text = std::to_string(units.size()) + " loaded, " +
                       (bad == 0 ? std::string("none") : std::to_string(bad)) + " failed";
    if (conditions.size() > bad) {
        text += ", " + std::to_string(conditions.size() - bad) + " not as wanted";
    }
    return {.name = "units",
            .owner = "systemd",
            .state = conditions.empty() ? Fact::State::good : Fact::State::amiss,
            .text = text};
}

} // namespace

std::vector<std::string> Units::kinds() const {
    return {"unit_failed", "unit_inactive", "unit_missing", "unit_flapping"};
}

/// Services that multi-user.target of the running system wants, from the built tree itself.
std::set<std::string> Units::wanted(const std::string& running_system) {
    if (running_system != wanted_of_) {
        wanted_.clear();
        wanted_of_ = running_system;
        std::error_code error;
        const std::string folder = running_system + "/etc/systemd/system/multi-user.target.wants";
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
            const std::string name = entry.path().filename().string();
            if (name.ends_with(".service") && core::UnitName::parse(name)) {
                wanted_.insert(name);
            }
        }
    }
    auto all = wanted_;
    all.insert(expected_.begin(), expected_.end());
    return all;
}

bool Units::too_often(const std::deque<std::int64_t>& times) const {
    return times.size() >= limits_.times && times.back() - times.front() >= limits_.span.count();
}

void Units::remember(History& history, const UnitState& unit, std::int64_t mono_us) const {
    const auto restarts =
        history.seen ? std::clamp<std::int64_t>(unit.restarts - history.restarts, 0, most_falls)
                     : 0;
    const bool fell = history.seen && unit.failed() && !history.failed;
    history.restarted.insert(history.restarted.end(), static_cast<std::size_t>(restarts), mono_us);
    if (fell) {
        history.fell.push_back(mono_us);
    }
    if (restarts > 0 || fell) {
        history.last = mono_us;
    }
    history.restarts = unit.restarts;
    history.failed = unit.failed();
    history.seen = true;
    for (auto* times : {&history.restarted, &history.fell}) {
        while (!times->empty() &&
               (times->size() > most_falls || mono_us - times->front() > limits_.window.count())) {
            times->pop_front();
        }
    }
}

/// From the third restart or failure within the window until it has been settled for three times as
/// long as it used to last. A unit that is started again until systemd gives up has failed, and
/// does not flap.
bool Units::flaps(const UnitState& unit, std::int64_t mono_us) {
    History& history = histories_[unit.name];
    remember(history, unit, mono_us);
    if (unit.failed() && history.fell.size() < limits_.times) {
        history.restarted.clear();
        history.flapping = false;
        return false;
    }
    history.flapping = history.flapping || too_often(history.restarted) || too_often(history.fell);
    if (history.flapping) {
        const auto& times =
            history.restarted.size() > history.fell.size() ? history.restarted : history.fell;
        const auto lasted = times.empty() ? 0
                                          : (times.back() - times.front()) /
                                                static_cast<std::int64_t>(times.size());
        const bool rests =
            unit.settled() && mono_us - history.last >= std::max(limits_.calm.count(), 3 * lasted);
        const bool stopped = unit.active == "inactive" && unit.sub == "dead";
        if (rests || stopped) {
            history.flapping = false;
            history.restarted.clear();
            history.fell.clear();
        }
    }
    return history.flapping;
}

/// A unit that is gone may come back as bad as it was: transient ones do. What it did is kept a
/// while.
void Units::forget_old(const std::vector<UnitState>& units, std::int64_t mono_us) {
    for (auto& [name, history] : histories_) {
        if (machine::find_unit(units, name) == nullptr) {
            history.failed = false;
            history.restarts = 0;
        }
    }
    std::erase_if(histories_, [&](const auto& known) {
        const History& history = known.second;
        const bool recent = history.last != 0 && mono_us - history.last <= limits_.window.count();
        return !recent && machine::find_unit(units, known.first) == nullptr;
    });
}

std::vector<Condition> Units::judge(const std::vector<UnitState>& units,
                                    const std::string& running_system, std::int64_t mono_us) {
    std::vector<Condition> conditions;
    forget_old(units, mono_us);
    for (const UnitState& unit : units) {
        if (!core::UnitName::parse(unit.name)) {
            continue;
        }
        const bool watched = unit.restarts > 0 || unit.failed() || histories_.contains(unit.name);
        if (watched && flaps(unit, mono_us)) {
            conditions.push_back(flapping(unit));
        } else if (unit.failed()) {
            conditions.push_back(failed(unit));
        }
        if (unit.name.ends_with(".service") && !watched) {
            histories_[unit.name].seen = true; // its next restart counts from nothing
        }
    }
    for (const std::string& name : wanted(running_system)) {
        const UnitState* unit = machine::find_unit(units, name);
        const bool own = std::find(expected_.begin(), expected_.end(), name) != expected_.end();
        // A oneshot that ran and ended well is inactive for good reason.
        const bool ended = unit != nullptr && unit->active == "inactive" && !own;
        const bool there = unit != nullptr && (is_up(*unit) || unit->failed());
        const auto history = histories_.find(name);
        const bool falls = history != histories_.end() && history->second.flapping;
        if (!there && !ended && !falls) {
            const bool defined =
                !running_system.empty() &&
                std::filesystem::exists(running_system + "/etc/systemd/system/" + name);
            conditions.push_back(defined ? inactive(name) : missing(name));
        }
    }
    return conditions;
}

Findings Units::look(Sight& sight) {
    const auto& running = sight.links().running;
    const auto& units = sight.units();
    Findings findings;
    findings.conditions =
        judge(units, running ? running->str() : std::string(), sight.moment().mono_us);
    findings.facts.push_back(fact_of(units, findings.conditions));
    return findings;
}

} // namespace agentd::observers
