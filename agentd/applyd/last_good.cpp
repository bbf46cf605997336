#include "agentd/applyd/last_good.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::applyd {

std::vector<core::StorePath> LastGood::list() const {
    std::vector<core::StorePath> systems;
    const auto text = core::read_file_if_exists(file_, 64U << 10).value_or("");
    for (const auto line : core::lines(text)) {
        const auto path = core::StorePath::parse(line);
        const bool fresh =
            path && std::find(systems.begin(), systems.end(), *path) == systems.end();
        if (fresh && systems.size() < most) {
            systems.push_back(*path);
        }
    }
    return systems;
}

std::vector<std::string> LastGood::names() const {
    std::vector<std::string> names;
    for (const auto& system : list()) {
        names.push_back(system.str());
    }
    return names;
}

void LastGood::remember(const core::StorePath& system) {
    auto systems = list();
    if (!systems.empty() && systems.front() == system) {
        return;
    }
    std::erase(systems, system);
    systems.insert(systems.begin(), system);
    std::string text;
    for (std::size_t i = 0; i < std::min(most, systems.size()); ++i) {
        text += systems[i].str() + "\n";
    }
    core::write_file_durably(file_, text);
}

} // namespace agentd::applyd
