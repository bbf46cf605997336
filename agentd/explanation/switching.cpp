#include "agentd/explanation/switching.hpp"

#include "agentd/explanation/explanation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::explanation {

std::vector<std::string> lines_of(const proposals::SwitchPlan& plan) {
    constexpr std::size_t most_named = 40;
    std::vector<std::string> lines;
    const auto tell = [&](const char* what, const std::vector<std::string>& units) {
        if (units.empty()) {
            return;
        }
        std::string line = what;
        for (std::size_t i = 0; i < std::min(most_named, units.size()); ++i) {
            const bool stays =
                &units == &plan.restart &&
                std::binary_search(plan.goes_on.begin(), plan.goes_on.end(), units[i]);
            const bool ssh = units[i] == "sshd.service";
            line += (i == 0 ? " " : ", ") + drawn(units[i]) +
                    (!stays ? ""
                     : ssh  ? " (open sessions stay)"
                            : " (what it started stays)");
        }
        if (units.size() > most_named) {
            line += " and " + std::to_string(units.size() - most_named) + " more";
        }
        lines.push_back(std::move(line));
    };
    tell("Will stop:", plan.stop);
    tell("Will restart:", plan.restart);
    tell("Will reload:", plan.reload);
    tell("Will start:", plan.start);
    tell("Changed, and left running as they are:", plan.keep);
    if (plan.restarts_manager) {
        lines.emplace_back("systemd itself is replaced while it runs");
    }
    if (plan.truncated) {
        lines.emplace_back("There are more units than can be listed: what else stops, starts or "
                           "restarts is not known");
    }
    if (lines.empty()) {
        lines.emplace_back("No system unit is stopped, started or restarted");
    }
    return lines;
}

core::Json with_lines(const proposals::SwitchPlan& plan) {
    core::Json out = proposals::to_json(plan);
    out["lines"] = lines_of(plan);
    return out;
}

} // namespace agentd::explanation
