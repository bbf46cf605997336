// Where a new binding goes.
#include "proposals/nix/names.hpp"
#include "proposals/plan/planner.hpp"
#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace agentd::proposals::plan {

using nix::no_node;
using nix::NodeId;

namespace {

struct Related {
    std::size_t names{};    ///< of the option, that are said there already
    std::size_t siblings{}; ///< bindings that share them
};

/// How much of the option's path a file speaks of, where no condition is around it.
Related related(Workspace& space, const nix::Tree& tree, const Candidate& at,
                const OptionPath& option) {
    const auto path = space.names_in(at, option);
    for (std::size_t names = path.size() - 1; names > at.prefix.size(); --names) {
        const std::span<const std::string> part(path.data(), names);
        const auto found = nix::locate(tree, part, nix::FileKind::module);
        std::size_t siblings = found.below.size();
        for (const auto& site : found.exact) {
            const NodeId value = nix::bare(tree, site.value);
            const bool set = tree.kind(value) == nix::NodeKind::set ||
                             tree.kind(value) == nix::NodeKind::rec_set;
            siblings += site.condition == no_node && set ? 1 + tree.children(value).size() : 0;
        }
        if (siblings > 0) {
            return {.names = names - at.prefix.size(), .siblings = siblings};
        }
    }
    return {};
}

/// Hosts or homes that are no NixOS are made of it too, and may not know what is new.
bool for_others(const Workspace& space, const Candidate& at, const OptionPath& option) {
    if (at.homes && !declared_above(space, option)) {
        return true;
    }
    return std::any_of(at.others.begin(), at.others.end(), [&](const std::string& name) {
        const map::Host* host = space.map().host(name);
        return host == nullptr || host->kind != "nixos";
    });
}

bool takes_options(Workspace& space, const nix::Tree& tree, const Candidate& at,
                   const OptionPath& option) {
    const auto found = nix::locate(tree, space.names_in(at, option), nix::FileKind::module);
    return std::any_of(found.containers.begin(), found.containers.end(), [&](const auto& one) {
        return one.condition == no_node && one.depth >= at.prefix.size();
    });
}

/// Files of the host's own place; where there is one host alone, all are.
bool is_home(const Workspace& space, const Candidate& at, const HostNames& every) {
    const auto& hosts = space.map().hosts;
    const auto systems = std::count_if(hosts.begin(), hosts.end(),
                                       [](const map::Host& host) { return host.kind == "nixos"; });
    return every.size() == 1 && (at.distance == 0 || space.is_home_of(at, every) ||
                                 (systems == 1 && space.map().hosts_known));
}

/// `services.nginx.virtualHosts."x".root`: one of a kind, by its name.
bool is_entry(const OptionPath& option) {
    constexpr std::array<std::string_view, 6> kinds{"virtualHosts", "upstreams", "backups",
                                                    "jobs",         "timers",    "containers"};
    const auto& parts = option.parts();
    return std::any_of(parts.begin() + 1, parts.end(), [&](const std::string& part) {
        return std::find(kinds.begin(), kinds.end(), part) != kinds.end();
    });
}

/// `hosts/web/default.nix` of web.
bool is_in_folder_of_its_own(const Candidate& at) {
    return at.hosts.size() == 1 && map::name_of(map::folder_of(at.file)) == *at.hosts.begin();
}

/// What stands inside of a file is about what it is called: the host, or much.
int grade_inside(const Topic& topic, const Candidate& at) {
    const std::string stem = core::to_lower(map::stem_of(at.file));
    const bool of_host = at.hosts.size() == 1 && topic.module == core::to_lower(*at.hosts.begin());
    const bool entry = stem == "default" || stem == "configuration" || stem == topic.module;
    return of_host && entry ? 5 : topic.general && (of_host || at.hosts.size() > 1) ? 4 : 1;
}

/// That of a folder further in, which is about what the folder is called.
bool is_inner(const Candidate& at, bool home) {
    return home ? at.distance > 0 && !is_in_folder_of_its_own(at) : at.distance > 1;
}

/// How well a file fits what is not said anywhere yet; 0 does not.
int grade(const nix::Tree& tree, const Candidate& at, const OptionPath& option, const Related& here,
          bool home) {
    const Topic topic = topic_of(tree, at.file, option, at.prefix);
    if (topic.generated) {
        return 0;
    }
    // A host's own file about another service takes nothing of this one, nor does any an entry of a
    // kind (a site, a unit) beside its own.
    const bool strange = (home || is_entry(option)) && topic.other && !topic.called;
    const bool inner = topic.named_entry && is_inner(at, home);
    const bool broad = topic.called || topic.general ||
                       (!inner && (topic.named_entry || topic.spread >= general_spread)) ||
                       topic.hub || (topic.much && !is_entry(option));
    if (here.names >= names_of_a_thing(option) && !strange && broad) {
        return topic.called ? topic.on ? 9 : 8 : 7;
    }
    if (topic.machine && !topic.called) {
        return 1;
    }
    if (topic.index && !topic.general && !home) {
        return at.distance > 1 && !topic.called ? 1 : 2;
    }
    if (topic.called || topic.other) {
        return topic.called ? 6 : 1;
    }
    if (!at.prefix.empty() && !at.hosts.empty()) {
        return grade_inside(topic, at);
    }
    if (topic.declares && !topic.general) {
        return 1; // a module with options of its own is about those
    }
    if (topic.named_entry) {
        return inner && !topic.general ? 2 : 5;
    }
    return topic.hub || topic.general ? 4 : topic.spread >= general_spread ? 3 : 2;
}

} // namespace

bool takes(Workspace& space, const Candidate& at, const OptionPath& option, bool common) {
    const nix::Tree& tree = *space.tree(at.file); // a candidate whose file is no Nix is none
    return grade(tree, at, option, related(space, tree, at, option), false) >= (common ? 3 : 2);
}

std::vector<const Candidate*> places_for(Workspace& space, const std::vector<Candidate>& candidates,
                                         const OptionPath& option, const HostNames& every) {
    using Rank = std::tuple<bool, std::size_t, int, std::size_t, std::size_t, long>;
    std::vector<std::pair<Rank, const Candidate*>> found;
    bool at_home = false;
    for (const Candidate& at : candidates) {
        const nix::Tree* tree = space.tree(at.file);
        const bool covers = every.empty() || (at.own() && at.hosts == every);
        if (tree == nullptr || at.maybe || at.inline_only || !covers ||
            for_others(space, at, option) || !takes_options(space, *tree, at, option)) {
            continue;
        }
        const Related here = related(space, *tree, at, option);
        const bool home = is_home(space, at, every);
        const int fits = grade(*tree, at, option, here, home);
        if (fits == 0) {
            continue;
        }
        at_home = at_home || home;
        const Rank rank{home,       at.hosts.size(), fits,
                        here.names, here.siblings,   -static_cast<long>(at.distance)};
        found.emplace_back(rank, &at);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<const Candidate*> out;
    for (const auto& [rank, at] : found) {
        // A module that one host alone imports today is not of that host: the next one gets it too.
        if (!at_home || std::get<0>(rank)) {
            out.push_back(at);
        }
    }
    return out;
}

} // namespace agentd::proposals::plan
