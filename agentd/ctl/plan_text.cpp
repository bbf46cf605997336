#include "agentd/ctl/plan_text.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

namespace {

std::vector<std::string> texts(const Json& step, const char* key) {
    std::vector<std::string> out;
    for (const Json& item : list(step, key)) {
        out.push_back(one_line(item.is_string() ? item.get<std::string>() : "", 300));
    }
    return out;
}

void print_hosts_of(Terminal& terminal, const Json& step, const std::string& own) {
    const auto hosts = texts(step, "hosts");
    std::vector<std::string> others = hosts;
    std::erase(others, own);
    if (own.empty() && !hosts.empty()) {
        terminal.line("  hosts that are made of it: " + core::join(hosts, ", "));
    } else if (!others.empty()) {
        terminal.line("  " + terminal.paint(Colour::warn, "other hosts are made of it too: " +
                                                              core::join(others, ", ")));
    }
}

} // namespace

namespace {

/// They differ in what was wished alone.
bool belong_together(const Json& one, const Json& other) {
    const auto rest = [](Json step) {
        step.erase("wish");
        return step;
    };
    return one.is_object() && other.is_object() && one.value("changed", Json()) == true &&
           rest(one) == rest(other);
}

} // namespace

void print_steps(Terminal& terminal, const Json& steps, const std::string& own) {
    const Json all = steps.is_array() ? steps : Json::array();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Json& step = all[i];
        if (i + 1 < all.size() && belong_together(step, all[i + 1])) {
            terminal.line(terminal.paint(Colour::bold, shown(step, "wish", 200)));
            continue;
        }
        const bool changed = step.is_object() && step.value("changed", Json()) == true;
        const std::string how = shown(step, "how", 200);
        terminal.line(terminal.paint(Colour::bold, shown(step, "wish", 200)));
        terminal.line("  " + (changed ? "in " + shown(step, "file", 200) : "nothing to do") +
                      (how.empty() ? "" : ": " + how));
        if (changed) {
            print_hosts_of(terminal, step, own);
            if (step.value("by_other_means", Json()) == true) {
                terminal.line("  " + terminal.paint(Colour::warn,
                                                    "by other means: what else comes with it the "
                                                    "operations do not say"));
            }
        }
        for (const std::string& note : texts(step, "notes")) {
            terminal.line("  note: " + note);
        }
    }
}

void print_plan(Terminal& terminal, const Json& detail) {
    const Json& steps = part(part(detail, "plan"), "steps");
    if (!steps.is_array() || steps.empty()) {
        return;
    }
    print_steps(terminal, steps, raw(detail, "host"));
    terminal.line("  " + terminal.paint(Colour::dim,
                                        "why there, and whose file it is, agentd-analyze says; "
                                        "proved are the diff and the hosts that were evaluated"));
    terminal.line();
}

} // namespace agentd::ctl
