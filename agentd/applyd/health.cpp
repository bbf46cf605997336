#include "agentd/applyd/health.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <algorithm>
#include <set>
#include <thread>

namespace agentd::applyd {

namespace {

using machine::UnitState;
using namespace std::chrono;

constexpr auto between_looks = milliseconds(250);

std::set<std::string> units_of_kind(const proposals::Effects& effects, std::string_view kind) {
    std::set<std::string> names;
    for (const auto& effect : effects.effects) {
        if (effect.area == "units" && effect.kind == kind) {
            names.insert(effect.subject);
        }
    }
    return names;
}

bool restless(const UnitState& unit) {
    return unit.sub == "auto-restart" || !unit.settled();
}

/// Sleeps, but not through a stop request.
void pause(milliseconds time, const std::stop_token& stop) {
    const auto until = steady_clock::now() + time;
    while (steady_clock::now() < until && !stop.stop_requested()) {
        std::this_thread::sleep_for(std::min<milliseconds>(time, milliseconds(50)));
    }
}

/// Why a unit is not as it should be, or "". @param touched the change added or changed it.
std::string trouble_with(const UnitState& unit, const UnitState* old, bool touched) {
    if (old != nullptr && (old->failed() || old->sub == "auto-restart")) {
        return {}; // was sick before: not this change's fault
    }
    if (unit.failed()) {
        return "failed (" + (unit.result.empty() ? unit.sub : unit.result) + ")";
    }
    // A job that a timer or a person started meanwhile may take its time: nothing ran there before.
    const bool at_work = !touched && unit.active == "activating" && unit.sub.starts_with("start") &&
                         (old == nullptr || old->active != "active");
    if (unit.name.ends_with(".service") && restless(unit) && !at_work) {
        return "does not come to rest: " + unit.active + " (" + unit.sub + "), " +
               std::to_string(unit.restarts) + " restarts";
    }
    // A start by the switch begins the count anew; the same process goes on with its old count.
    const bool same = old != nullptr && old->main_pid != 0 && old->main_pid == unit.main_pid;
    if (touched && unit.restarts > 0 && !same) {
        return "was restarted " + std::to_string(unit.restarts) + " times already";
    }
    if (!touched && old != nullptr && unit.restarts > old->restarts + 1) {
        return "falls again and again: " + std::to_string(unit.restarts - old->restarts) +
               " restarts meanwhile";
    }
    return {};
}

/// What stops without a failure and should not: programs, and what starts them.
bool should_go_on(const UnitState& unit) {
    return unit.active == "active" &&
           ((unit.name.ends_with(".service") && unit.sub == "running") ||
            unit.name.ends_with(".timer") || unit.name.ends_with(".socket"));
}

} // namespace

std::vector<CheckResult> judge_units(const std::vector<UnitState>& before,
                                     const std::vector<UnitState>& after,
                                     const proposals::Effects& effects) {
    const auto removed = units_of_kind(effects, "unit_removed");
    auto touched = units_of_kind(effects, "unit_added");
    touched.merge(units_of_kind(effects, "unit_changed"));
    std::vector<CheckResult> results;
    for (const UnitState& unit : after) {
        const UnitState* old = machine::find_unit(before, unit.name);
        if (std::string trouble = trouble_with(unit, old, touched.contains(unit.name));
            !trouble.empty()) {
            results.push_back({.name = unit.name, .detail = std::move(trouble)});
        }
    }
    for (const UnitState& unit : before) {
        const UnitState* now = machine::find_unit(after, unit.name);
        // A timer that was made for one time is gone once it fired; an installed one is still
        // loaded.
        const bool installed = unit.name.ends_with(".service") || now != nullptr;
        const bool runs = now != nullptr && now->active != "inactive";
        if (should_go_on(unit) && installed && !runs && !removed.contains(unit.name)) {
            results.push_back({.name = unit.name, .detail = "ran before and does not run now"});
        }
    }
    return results;
}

bool all_well(const std::vector<CheckResult>& results) noexcept {
    return std::all_of(results.begin(), results.end(),
                       [](const CheckResult& r) { return r.ok || !r.required; });
}

Health::Health(const Config& config, machine::Machine& machine, std::string probe_program)
    : config_(config), machine_(machine), probe_(std::move(probe_program)) {}

Baseline Health::baseline(const std::stop_token& stop) {
    Baseline baseline{.units = machine_.units().list()};
    for (const HealthCheck& check : config_.health) {
        HealthCheck once = check;
        once.timeout = seconds(1);
        if (!run_check(once, stop).ok) {
            baseline.failing_checks.push_back(check.name);
        }
    }
    return baseline;
}

std::vector<UnitState> Health::settle(const std::stop_token& stop) {
    const auto earliest = steady_clock::now() + config_.apply.settle;
    const auto latest = earliest + config_.apply.settle;
    for (;;) {
        pause(between_looks, stop);
        auto units = machine_.units().list();
        const bool quiet = std::none_of(units.begin(), units.end(), [](const UnitState& unit) {
            return unit.name.ends_with(".service") && restless(unit);
        });
        const auto now = steady_clock::now();
        if ((now >= earliest && quiet) || now >= latest || stop.stop_requested()) {
            return units;
        }
    }
}

std::vector<CheckResult> Health::look(const Baseline& before, const proposals::Effects& effects,
                                      const std::stop_token& stop) {
    auto results = judge_units(before.units, settle(stop), effects);
    if (!all_well(results)) {
        return results; // no need to wait for a page that a failed service would serve
    }
    results.push_back({.name = "units", .ok = true, .detail = "nothing failed that ran before"});
    for (const HealthCheck& check : config_.health) {
        CheckResult result = run_check(check, stop);
        const bool old = std::find(before.failing_checks.begin(), before.failing_checks.end(),
                                   check.name) != before.failing_checks.end();
        if (!result.ok && old) {
            result.required = false;
            result.detail += " (it was so before)";
        }
        results.push_back(std::move(result));
    }
    return results;
}

CheckResult Health::run_check(const HealthCheck& check, const std::stop_token& stop) {
    if (check.unit.empty()) {
        return probe(check, stop);
    }
    const auto units = machine_.units().list();
    const UnitState* unit = machine::find_unit(units, check.unit);
    const bool ok = unit != nullptr && unit->active == "active";
    return {.name = check.name,
            .ok = ok,
            .required = check.required,
            .detail = unit == nullptr ? "no such unit" : unit->active + " (" + unit->sub + ")"};
}

CheckResult Health::probe(const HealthCheck& check, const std::stop_token& stop) {
    const std::string& address = check.http.empty() ? check.tcp : check.http;
    const auto colon = address.rfind(':');
    const std::vector<std::string> words =
        check.http.empty()
            ? std::vector<std::string>{"tcp", address.substr(0, colon),
                                       colon == std::string::npos ? "" : address.substr(colon + 1),
                                       "1"}
            : std::vector<std::string>{"http", address, "1"};
    CheckResult result{.name = check.name, .required = check.required};
    const auto until = steady_clock::now() + check.timeout;
    do {
        auto command = machine_.in_network(probe_, words);
        command.deadline = seconds(5);
        const auto outcome = sandbox::run(command, stop);
        if (const auto* exited = std::get_if<sandbox::Exited>(&outcome.ending);
            exited != nullptr && exited->code == 64) {
            // A check that nobody can carry out must not pass for one that failed before.
            throw core::Failure(core::FailureKind::misconfigured,
                                "this health check cannot be carried out: " +
                                    core::printable(core::trim(outcome.err.bytes)),
                                address);
        }
        result.ok = outcome.succeeded();
        result.detail =
            result.ok ? address + " answers"
                      : address + ": " +
                            core::shorten(core::printable(core::trim(outcome.err.bytes)), 200);
        if (!result.ok) {
            pause(between_looks, stop);
        }
    } while (!result.ok && steady_clock::now() < until && !stop.stop_requested());
    return result;
}

} // namespace agentd::applyd
