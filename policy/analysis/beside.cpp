#include "policy/analysis/beside.hpp"

#include <set>

namespace agentd::policy {

namespace {

bool is_wider(const Window& before, const Window& now) {
    return before.days != now.days || before.from != now.from || before.to != now.to ||
           before.tz != now.tz;
}

} // namespace

std::vector<std::string> beside_the_rules(const Policy& before, const Policy& now) {
    std::vector<std::string> out;
    for (const Window& window : now.windows) {
        const Window* was = find_window(before, window.name);
        if (was != nullptr && is_wider(*was, window)) {
            out.push_back("the window `" + window.name + "` has other hours");
        }
    }
    std::set<std::string> names;
    for (const auto* policy : {&before, &now}) {
        for (const auto& [name, role] : policy->roles) {
            names.insert(name);
        }
    }
    for (const std::string& name : names) {
        if (role_of(now, name) > role_of(before, name)) {
            out.push_back("`" + name + "` becomes " + std::string(to_string(role_of(now, name))));
        }
    }
    if (now.roles.empty() && !before.roles.empty()) {
        out.emplace_back("every approver is one, whatever role he was in");
    }
    if (now.self_approval > before.self_approval) {
        out.emplace_back("more people may approve what they proposed themselves");
    }
    return out;
}

} // namespace agentd::policy
