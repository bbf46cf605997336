// units list N | units watch SECONDS: the machine's units as agentd sees them. `list` says how long
// one list takes and what it cost systemd; `watch` prints what it is told, a line each.
#include "agentd/machine/unit_manager.hpp"

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

} // namespace

int main(int argc, char** argv) {
    const std::string verb = argc == 3 ? argv[1] : "";
    const int number = argc == 3 ? std::atoi(argv[2]) : 0;
    if (number < 1 || (verb != "list" && verb != "watch")) {
        std::fputs("usage: units list TIMES | units watch SECONDS\n", stderr);
        return 64;
    }
    return verb == "list" ? list(number) : watch(number);
}
