// Modules that stand in files of something else: what flake-parts and its like put together.
#include "proposals/nix/names.hpp"
#include "proposals/plan/workspace.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

void Workspace::add_inside(std::map<std::string, Candidate>& out, const map::Host& host,
                           const std::vector<map::InlineModule>& modules, Whose whose) {
    for (const map::InlineModule& module : modules) {
        const nix::Tree* text = tree(module.file);
        if (text == nullptr) {
            continue;
        }
        auto names = module.prefix;
        names.emplace_back("config");
        const auto config = nix::locate(*text, names, nix::FileKind::module);
        if (config.exact.empty() && config.below.empty()) {
            names.pop_back(); // it has no sections: its options stand there themselves
        }
        Candidate& here = out[module.file + '\0' + nix::joined(names)];
        here.file = module.file;
        here.prefix = std::move(names);
        if (whose == Whose::others) {
            here.others.insert(host.name);
        } else if (whose == Whose::homes) {
            here.homes = true;
        } else {
            here.distance =
                here.hosts.empty() ? module.distance : std::min(here.distance, module.distance);
            here.hosts.insert(host.name);
            here.maybe = here.maybe || module.maybe;
        }
    }
}

bool Workspace::is_holder(const std::string& file) const {
    return map_.hosts_of(file).empty() &&
           std::any_of(map_.hosts.begin(), map_.hosts.end(), [&](const map::Host& host) {
               return std::any_of(host.inside.begin(), host.inside.end(), [&](const auto& all) {
                   return std::any_of(all.second.begin(), all.second.end(),
                                      [&](const auto& one) { return one.file == file; });
               });
           });
}

} // namespace agentd::proposals::plan
