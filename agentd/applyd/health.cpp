#include "agentd/applyd/health.hpp"

#include "agentd/applyd/health_vigil.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

namespace {

using namespace std::chrono;

void add(std::vector<CheckResult>& results, const std::vector<UnitTrouble>& troubles) {
    for (const UnitTrouble& trouble : troubles) {
        results.push_back({.name = trouble.unit, .detail = trouble.detail});
    }
}

std::vector<CheckResult> stopped() {
    return {{.name = "health",
             .detail = "it was not waited for until the machine was known to be well"}};
}

} // namespace

Health::Health(const Config& config, machine::Machine& machine, std::string probe_program)
    : config_(config), machine_(machine), checks_(config, machine, std::move(probe_program)) {}

Baseline Health::baseline(const std::stop_token& stop) {
    Baseline baseline{.checks = checks_.before(stop)};
    // Checks take their time: what happens meanwhile belongs before.
    baseline.watch = machine_.units().watch();
    baseline.units = machine_.units().list();
    return baseline;
}

std::vector<CheckResult> Health::look(const Baseline& before, const proposals::Effects& effects,
                                      const std::stop_token& stop, const OnWatch& on_watch) {
    const auto began = steady_clock::now();
    const auto& apply = config_.apply;
    Vigil vigil(machine_.units(), *before.watch, before.units, effects);
    const auto unwell = [&](Vigil::Span span, std::vector<CheckResult>& results) {
        add(results, vigil.until(span, stop));
        return !results.empty();
    };
    std::vector<CheckResult> results;
    if (unwell({began + apply.settle, began + 2 * apply.settle}, results)) {
        return results; // no need to wait for a page that a failed service would serve
    }
    results = checks_.after(before.checks, began, stop);
    const auto watched = vigil.started();
    const auto watch = std::min<steady_clock::duration>(apply.watch, apply.way_back / 2);
    const auto now = steady_clock::now();
    const bool longer = !watched.empty() && began + watch > now;
    if (!all_well(results) || stop.stop_requested()) {
        return stop.stop_requested() ? stopped() : results;
    }
    if (longer && on_watch) {
        on_watch(core::join(watched, ", ") + " for " +
                 std::to_string(ceil<seconds>(began + watch - now).count()) + " s more");
    }
    const auto until = longer ? began + watch : now;
    std::vector<CheckResult> later;
    if (unwell({until, until + apply.settle}, later)) {
        return later;
    }
    if (longer) {
        results = checks_.after(before.checks, began, stop);
    }
    if (stop.stop_requested()) {
        return stopped();
    }
    results.insert(results.begin(),
                   {.name = "units", .ok = true, .detail = "nothing failed that ran before"});
    return results;
}

std::vector<CheckResult> Health::checks(const std::stop_token& stop) {
    return checks_.after({}, steady_clock::now(), stop);
}

core::Json Health::checks_now(const std::stop_token& stop) {
    core::Json rows = core::Json::array();
    const auto results = checks_.now(stop);
    for (std::size_t i = 0; i < results.size(); ++i) {
        rows.push_back({{"name", core::to_utf8(results[i].name)},
                        {"kind", to_string(config_.health[i].kind)},
                        {"target", core::to_utf8(config_.health[i].target)},
                        {"ok", results[i].ok},
                        {"required", results[i].required},
                        {"detail", core::to_utf8(results[i].detail)}});
    }
    return {{"checks", std::move(rows)}};
}

} // namespace agentd::applyd
