#include "agentd/observers/units.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <filesystem>

namespace agentd::observers {

namespace {

using machine::UnitState;

constexpr std::size_t most_falls = 64;

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

/// Takes in what happened since the last look. What many looks have to tell apart is cut to what
/// says `too often`, so that the times of one look do not drive out those before it.
void Units::keep(History& history, std::int64_t restarts, std::int64_t fell,
                 std::int64_t mono_us) const {
    const auto most = static_cast<std::int64_t>(limits_.times);
    const auto add = [&](std::deque<std::int64_t>& times, std::int64_t count) {
        times.insert(times.end(),
                     static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, most)), mono_us);
        while (!times.empty() &&
               (times.size() > most_falls || mono_us - times.front() > limits_.window.count())) {
            times.pop_front();
        }
    };
    add(history.restarted, restarts);
    add(history.fell, fell);
    // A failure that systemd answers with a start was not for good.
    for (auto left = restarts; left > 0 && !history.fell.empty(); --left) {
        history.fell.pop_back();
    }
    if (restarts > 0 || fell > 0) {
        history.last = mono_us;
    }
}

void Units::remember(History& history, const UnitState& unit, std::int64_t told,
                     std::int64_t mono_us) const {
    const bool seen = history.seen && unit.failed() && !history.failed;
    const auto fell = std::max<std::int64_t>(told - history.told, seen ? 1 : 0);
    keep(history, history.seen ? unit.restarts - history.restarts : 0, fell, mono_us);
    // What was seen before it was told is not counted again when it is told.
    history.told = std::max(told, history.told + (seen ? 1 : 0));
    history.restarts = unit.restarts;
    history.failed = unit.failed();
    history.result = unit.result.empty() ? history.result : unit.result;
    history.seen = true;
}

/// It has been quiet for three times as long as it used to last.
bool Units::rests(const History& history, std::int64_t mono_us) const {
    const auto& times =
        history.restarted.size() > history.fell.size() ? history.restarted : history.fell;
    const auto lasted =
        times.empty() ? 0
                      : (times.back() - times.front()) / static_cast<std::int64_t>(times.size());
    return mono_us - history.last >= std::max(limits_.calm.count(), 3 * lasted);
}

/// From the third restart or failure within the window until it rests. A unit that is started again
/// until systemd gives up has failed, and does not flap.
bool Units::flaps(const UnitState& unit, std::int64_t told, std::int64_t mono_us) {
    History& history = histories_[unit.name];
    remember(history, unit, told, mono_us);
    const bool falls = history.fell.size() >= limits_.times;
    if (unit.failed() && !falls) {
        history.restarted.clear();
        history.flapping = false;
        return false;
    }
    history.flapping = history.flapping || too_often(history.restarted) || too_often(history.fell);
    // systemd does not start anew what somebody stopped; whoever starts what falls may do it again.
    const bool stopped = unit.active == "inactive" && unit.sub == "dead" && !falls;
    if (history.flapping && (stopped || (unit.settled() && rests(history, mono_us)))) {
        history.flapping = false;
        history.restarted.clear();
        history.fell.clear();
    }
    return history.flapping;
}

/// Units that are not there at this look, and flap: transient ones come, fall and are taken away.
std::vector<Condition> Units::gone(const std::vector<UnitState>& units, const Falls& falls,
                                   std::int64_t mono_us) {
    for (const auto& [name, told] : falls.times) {
        if (machine::find_unit(units, name) == nullptr && core::UnitName::parse(name)) {
            History& history = histories_[name];
            keep(history, 0, told - history.told, mono_us);
            history.told = std::max(told, history.told);
        }
    }
    std::vector<Condition> conditions;
    for (auto& [name, history] : histories_) {
        if (machine::find_unit(units, name) != nullptr) {
            continue;
        }
        const bool falling = history.fell.size() >= limits_.times;
        history.restarted.clear(); // systemd keeps what it will start anew
        history.flapping =
            falling && !rests(history, mono_us) && (history.flapping || too_often(history.fell));
        if (history.flapping) {
            conditions.push_back(flapping({.name = name, .result = history.result}));
        }
    }
    return conditions;
}

/// A unit that is gone may come back as bad as it was: transient ones do. What it did is kept a
/// while.
void Units::forget_old(const std::vector<UnitState>& units, const Falls& falls,
                       std::int64_t mono_us) {
    for (auto& [name, history] : histories_) {
        if (machine::find_unit(units, name) == nullptr) {
            history.failed = false;
            history.restarts = 0;
        }
    }
    std::erase_if(histories_, [&](const auto& known) {
        const History& history = known.second;
        const bool recent = history.last != 0 && mono_us - history.last <= limits_.window.count();
        return !recent && !falls.times.contains(known.first) &&
               machine::find_unit(units, known.first) == nullptr;
    });
}

std::vector<Condition> Units::judge(const std::vector<UnitState>& units,
                                    const std::string& running_system, std::int64_t mono_us,
                                    const Falls& falls) {
    if (falls.begun_anew != counted_since_) {
        counted_since_ = falls.begun_anew;
        for (auto& [name, history] : histories_) {
            history.told = 0;
        }
    }
    forget_old(units, falls, mono_us);
    std::vector<Condition> conditions = gone(units, falls, mono_us);
    for (const UnitState& unit : units) {
        if (!core::UnitName::parse(unit.name)) {
            continue;
        }
        const auto fallen = falls.times.find(unit.name);
        const auto told = fallen == falls.times.end() ? 0 : fallen->second;
        const bool watched =
            unit.restarts > 0 || unit.failed() || told > 0 || histories_.contains(unit.name);
        if (watched && flaps(unit, told, mono_us)) {
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
        const bool flaps = history != histories_.end() && history->second.flapping;
        if (!there && !ended && !flaps) {
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
    findings.conditions = judge(units, running ? running->str() : std::string(),
                                sight.moment().mono_us, sight.falls());
    findings.facts.push_back(fact_of(units, findings.conditions));
    return findings;
}

} // namespace agentd::observers
