#include "agentd/applyd/health_checks.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace agentd::applyd {

namespace {

using namespace std::chrono;

constexpr auto between_tries = seconds(1);

/// Not through a stop request.
void pause(milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
}

} // namespace

bool all_well(const std::vector<CheckResult>& results) noexcept {
    return std::all_of(results.begin(), results.end(),
                       [](const CheckResult& r) { return r.ok || !r.required; });
}

ChecksBefore Checks::before(const std::stop_token& stop) {
    ChecksBefore all;
    for (const HealthCheck& check : config_.health) {
        auto [way, asked] = asker_.ask_first(check, stop);
        CheckBefore before{.way = std::move(way)};
        if (!asked.ok && !asked.impossible) {
            asked = asker_.ask(check, before.way, stop);
        }
        if (asked.impossible && check.required) {
            throw core::Failure(core::FailureKind::misconfigured,
                                "the health check `" + check.name +
                                    "` cannot be carried out; mend or remove it in agentd.toml",
                                asked.detail);
        }
        before.failing = !asked.ok;
        before.detail = std::move(asked.detail);
        all.emplace(check.name, std::move(before));
    }
    return all;
}

Asked Checks::try_until_well(const HealthCheck& check, const CheckWay& way,
                             steady_clock::time_point began, const std::stop_token& stop) {
    for (std::int64_t left = check.retries;;) {
        Asked asked = asker_.ask(check, way, stop);
        const bool counts = steady_clock::now() >= began + check.start_period;
        if (asked.ok || stop.stop_requested() || (counts && left-- <= 0)) {
            return asked;
        }
        pause(between_tries, stop);
    }
}

std::vector<CheckResult> Checks::after(const ChecksBefore& before, steady_clock::time_point began,
                                       const std::stop_token& stop) {
    std::vector<CheckResult> results;
    for (const HealthCheck& check : config_.health) {
        const auto known = before.find(check.name);
        const bool was_failing = known != before.end() && known->second.failing;
        const CheckWay way =
            known != before.end() ? known->second.way : asker_.ask_first(check, stop).way;
        const Asked asked =
            was_failing ? asker_.ask(check, way, stop) : try_until_well(check, way, began, stop);
        results.push_back(
            {.name = check.name,
             .ok = asked.ok,
             .required = check.required && !was_failing,
             .detail = asked.detail + (was_failing && !asked.ok ? " (it was so before)" : "")});
        if (!all_well(results)) {
            break; // the change goes back: what else it broke is not waited for
        }
    }
    return results;
}

std::vector<CheckResult> Checks::now(const std::stop_token& stop) {
    std::vector<CheckResult> results;
    for (const HealthCheck& check : config_.health) {
        const Asked asked = asker_.ask_first(check, stop).asked;
        results.push_back({.name = check.name,
                           .ok = asked.ok,
                           .required = check.required,
                           .detail = asked.detail});
    }
    return results;
}

} // namespace agentd::applyd
