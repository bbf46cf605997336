// What agentd sees of a machine's units, for tests on a real systemd.
//   units list TIMES                       how long one list takes, and what it costs systemd
//   units watch SECONDS                    what is told, a line each
//   units judge CONFIG UNIT,… COMMAND…     a baseline, the command (a switch that changes these
//                                          units), and whether the machine is well then: exit 0 or
//                                          2
#include "agentd/applyd/health.hpp"
#include "agentd/machine/options.hpp"
#include "agentd/programs.hpp"
#include "sandbox/run.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace agentd::machine;
using namespace std::chrono;

/// Processor time of PID 1 in milliseconds.
double systemd_ms() {
    std::ifstream file("/proc/1/schedstat");
    double ns = 0;
    file >> ns;
    return ns / 1e6;
}

int list(int times) {
    const auto units = systemd_units();
    std::vector<double> took;
    std::size_t count = 0;
    const double before = systemd_ms();
    for (int i = 0; i < times; ++i) {
        const auto began = steady_clock::now();
        count = units->list().size();
        took.push_back(duration<double, std::milli>(steady_clock::now() - began).count());
    }
    std::sort(took.begin(), took.end());
    std::printf("units %zu median_ms %.2f p95_ms %.2f systemd_ms %.2f\n", count,
                took[took.size() / 2], took[took.size() * 95 / 100],
                (systemd_ms() - before) / times);
    return 0;
}

int watch(int limit) {
    const auto watching = systemd_units()->watch();
    for (const auto id : watching->standing_jobs()) {
        std::printf("standing %ju\n", static_cast<std::uintmax_t>(id));
    }
    std::puts("ready");
    std::fflush(stdout);
    const auto until = steady_clock::now() + seconds(limit);
    while (steady_clock::now() < until) {
        const auto left = duration_cast<milliseconds>(until - steady_clock::now());
        const auto events = wait(*watching, left, {});
        for (const auto& job : events.begun) {
            std::printf("job-new %ju %s\n", static_cast<std::uintmax_t>(job.id), job.unit.c_str());
        }
        for (const auto& job : events.ended) {
            std::printf("job-removed %ju %s %s\n", static_cast<std::uintmax_t>(job.id),
                        job.unit.c_str(), job.result.c_str());
        }
        for (const auto& change : events.changes) {
            std::printf("unit %s %s %s %s\n", change.unit.c_str(), change.active.c_str(),
                        change.sub.c_str(), change.result.c_str());
        }
        std::fputs(events.reloaded ? "reloaded\n" : "", stdout);
        std::fputs(events.lost ? "lost\n" : "", stdout);
        std::fflush(stdout);
    }
    return 0;
}

double since(steady_clock::time_point began) {
    return duration<double>(steady_clock::now() - began).count();
}

int judge(const std::string& config_file, const std::string& units,
          agentd::sandbox::Command command) {
    const auto loaded = agentd::load_config(config_file);
    if (!loaded.config) {
        std::fputs(agentd::describe(loaded.problems).c_str(), stderr);
        return 64;
    }
    Machine machine(options_from(*loaded.config));
    agentd::applyd::Health health(*loaded.config, machine,
                                  agentd::program_path("", "agentd-probe"));
    agentd::proposals::Effects effects;
    for (const auto unit : agentd::core::split(units, ',')) {
        effects.effects.push_back(
            {.area = "units", .kind = "unit_changed", .subject = std::string(unit)});
    }
    auto began = steady_clock::now();
    const auto before = health.baseline({});
    const double baseline = since(began);
    began = steady_clock::now();
    const auto outcome = agentd::sandbox::run(command);
    const double switching = since(began);
    began = steady_clock::now();
    const auto results = health.look(before, effects, {}, [](const std::string& what) {
        std::printf("watching %s\n", what.c_str());
    });
    const bool well = agentd::applyd::all_well(results);
    for (const auto& result : results) {
        std::printf("%s %s%s: %s\n", result.ok ? "ok" : "NOT",
                    result.required ? "" : "(only told) ", result.name.c_str(),
                    result.detail.c_str());
    }
    std::printf("%s: baseline %.3f s, switch %.3f s (%s), look %.3f s\n", well ? "well" : "unwell",
                baseline, switching, agentd::sandbox::describe(outcome.ending).c_str(),
                since(began));
    return well ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) try {
    const std::string verb = argc > 1 ? argv[1] : "";
    const int number = argc == 3 ? std::atoi(argv[2]) : 0;
    if (verb == "list" && number > 0) {
        return list(number);
    }
    if (verb == "watch" && number > 0) {
        return watch(number);
    }
    if (verb == "judge" && argc > 4) {
        agentd::sandbox::Command command;
        command.program = argv[4];
        command.arguments.assign(argv + 5, argv + argc);
        command.environment["PATH"] = "/run/current-system/sw/bin:/usr/bin:/bin";
        command.deadline = minutes(5);
        return judge(argv[2], argv[3], std::move(command));
    }
    std::fputs("usage: units list TIMES | watch SECONDS | judge CONFIG UNIT,… COMMAND…\n", stderr);
    return 64;
} catch (const agentd::core::Failure& failure) {
    std::printf("%s\n", failure.what());
    return 64;
}
