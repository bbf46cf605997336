#include "agentd/planners/goal/own_switches.hpp"

#include "agentd/core/text.hpp"
#include "agentd/planners/goal/names.hpp"

#include <algorithm>
#include <set>

namespace agentd::planners::goal {

namespace {

/// The hosts that are meant; empty where nobody knows.
std::set<std::string> meant(const Situation& in) {
    const std::string& here = in.scene.around.host;
    return !in.scope.hosts.empty() || in.scope.every || here.empty() ? in.scope.hosts
                                                                     : std::set{here};
}

/// What the owner may have called it.
std::set<std::string> names_of(const Item& item) {
    std::set<std::string> out{item.more, plain_name(item.more)};
    const auto path = proposals::OptionPath::parse(item.text);
    if (path && path->parts().size() >= 2) {
        out.insert(path->parts()[path->parts().size() - 2]);
    }
    if (const Service* service = service_of(item.text)) {
        for (const auto name : core::split(service->names, '|')) {
            out.emplace(name);
        }
    }
    return out;
}

bool is_declared_for(const proposals::map::RepoMap& map, const std::string& option,
                     const std::set<std::string>& hosts) {
    return std::any_of(
        map.own_options.begin(), map.own_options.end(), [&](const proposals::map::OwnOption& own) {
            const auto made =
                own.path == option ? map.hosts_of(own.file) : std::vector<std::string>{};
            return !made.empty() &&
                   std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
                       return std::find(made.begin(), made.end(), host) != made.end();
                   });
        });
}

} // namespace

OwnSwitches own_switches(const Situation& in, const Item& item) {
    const Sayings* said = in.scene.around.said;
    if (said == nullptr) {
        return {};
    }
    std::vector<Switch> all;
    for (const std::string& name : names_of(item)) {
        for (Switch& one : said->switches(name)) {
            const bool home = !one.user.empty() && !item.text.empty();
            if (in.scope.user.empty() ? !home : one.user == in.scope.user) {
                all.push_back(std::move(one));
            }
        }
    }
    const auto hosts = meant(in);
    const auto here = std::stable_partition(all.begin(), all.end(), [&](const Switch& one) {
        return std::any_of(one.hosts.begin(), one.hosts.end(),
                           [&](const auto& host) { return hosts.count(host) > 0; });
    });
    if (here != all.begin()) {
        return {.found = {all.begin(), here}};
    }
    // Declared where those hosts are made of it, it is theirs, too.
    const auto declared = std::stable_partition(all.begin(), all.end(), [&](const Switch& one) {
        return is_declared_for(in.scene.around.map, one.option, hosts);
    });
    if (declared != all.begin() && !hosts.empty()) {
        return {.found = {all.begin(), declared}};
    }
    const bool used =
        std::any_of(all.begin(), all.end(), [](const Switch& one) { return !one.hosts.empty(); });
    return {.found = std::move(all), .of_others = used && !hosts.empty()};
}

} // namespace agentd::planners::goal
