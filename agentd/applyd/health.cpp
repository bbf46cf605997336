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

bool restless(const UnitState& unit) { return unit.sub == "auto-restart" || !unit.settled(); }

/// Sleeps, but not through a stop request.
void pause(milliseconds time, const std::stop_token& stop) {
    const auto until = steady_clock::now() + time;
    while (steady_clock::now() < until && !stop.stop_requested()) {
        std::this_thread::sleep_for(std::min<milliseconds>(time, milliseconds(50)));
    }
}

} // namespace

std::vector<CheckResult> judge_units(const std::vector<UnitState>& before,
                                     const std::vector<UnitState>& after,
                                     const proposals::Effects& effects) {
    const auto removed = units_of_kind(effects, "unit_removed");
    const auto added = units_of_kind(effects, "unit_added");
    std::vector<CheckResult> results;
    const auto bad = [&](const std::string& name, const std::string& detail) {
        results.push_back({.name = name, .detail = detail});
    };
    for (const UnitState& unit : after) {
        const UnitState* old = machine::find_unit(before, unit.name);
        const bool failed_before = old != nullptr && (old->failed() || restless(*old));
        if (unit.failed() && !failed_before) {
            bad(unit.name, "failed (" + (unit.result.empty() ? unit.sub : unit.result) + ")");
        } else if (unit.name.ends_with(".service") && restless(unit) && !failed_before) {
            bad(unit.name, "does not come to rest: " + unit.active + " (" + unit.sub + "), " +
                               std::to_string(unit.restarts) + " restarts");
        } else if (added.contains(unit.name) && unit.restarts > 0) {
            bad(unit.name, "was restarted " + std::to_string(unit.restarts) + " times already");
        }
    }
    for (const UnitState& unit : before) {
        const UnitState* now = machine::find_unit(after, unit.name);
        const bool ran = unit.name.ends_with(".service") && unit.active == "active" &&
                         unit.sub == "running";
        const bool runs = now != nullptr && now->active != "inactive";
        if (ran && !runs && !removed.contains(unit.name)) {
            bad(unit.name, "ran before and does not run now");
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
        return probe_tcp(check, check.tcp, stop);
    }
    const auto units = machine_.units().list();
    const UnitState* unit = machine::find_unit(units, check.unit);
    const bool ok = unit != nullptr && unit->active == "active";
    return {.name = check.name,
            .ok = ok,
            .required = check.required,
            .detail = unit == nullptr ? "no such unit" : unit->active + " (" + unit->sub + ")"};
}

CheckResult Health::probe_tcp(const HealthCheck& check, const std::string& address,
                              const std::stop_token& stop) {
    const auto colon = address.rfind(':');
    CheckResult result{.name = check.name, .required = check.required};
    const auto until = steady_clock::now() + check.timeout;
    do {
        auto command = machine_.in_network(
            probe_, {"tcp", address.substr(0, colon),
                     colon == std::string::npos ? "" : address.substr(colon + 1), "1"});
        command.deadline = seconds(5);
        const auto outcome = sandbox::run(command, stop);
        result.ok = outcome.succeeded();
        result.detail = result.ok ? address + " answers"
                                  : address + ": " +
                                        core::shorten(core::printable(core::trim(outcome.err.bytes)), 200);
        if (!result.ok) {
            pause(between_looks, stop);
        }
    } while (!result.ok && steady_clock::now() < until && !stop.stop_requested());
    return result;
}

} // namespace agentd::applyd
