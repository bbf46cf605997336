// What people call hosts.
#include "proposals/plan/workspace.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using map::Host;

std::string host_called_in_part(const map::RepoMap& map, std::string_view name) {
    std::string found;
    if (name.size() < 3 || map.host(name) != nullptr) {
        return found;
    }
    for (const Host& host : map.hosts) {
        std::string parts = host.name;
        std::replace_if(
            parts.begin(), parts.end(), [](char c) { return c == '_' || c == '.' || c == '@'; },
            '-');
        const auto words = core::split(parts, '-');
        if (std::find(words.begin(), words.end(), name) != words.end()) {
            if (!found.empty()) {
                return {};
            }
            found = host.name;
        }
    }
    return found;
}

} // namespace agentd::proposals::plan
