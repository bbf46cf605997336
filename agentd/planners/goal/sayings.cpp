#include "agentd/planners/goal/sayings.hpp"

#include "proposals/nix/locate.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

namespace map = proposals::map;
namespace nix = proposals::nix;

/// First names of nixpkgs' options, and of what is said in modules besides: also in those of
/// flake-parts, that hold modules.
bool is_of_nixpkgs(std::string_view name) {
    static constexpr auto all = std::to_array<std::string_view>({"boot",          "config",
                                                                 "console",       "den",
                                                                 "documentation", "environment",
                                                                 "flake",         "fonts",
                                                                 "gtk",           "hardware",
                                                                 "home",          "home-manager",
                                                                 "i18n",          "image",
                                                                 "imports",       "location",
                                                                 "networking",    "nix",
                                                                 "nixpkgs",       "options",
                                                                 "perSystem",     "powerManagement",
                                                                 "programs",      "qt",
                                                                 "security",      "services",
                                                                 "snapraid",      "specialisation",
                                                                 "stylix",        "systemd",
                                                                 "system",        "time",
                                                                 "users",         "virtualisation",
                                                                 "wayland",       "xdg",
                                                                 "xsession",      "zramSwap",
                                                                 "accounts",      "dconf",
                                                                 "manual",        "news",
                                                                 "targets"});
    return std::find(all.begin(), all.end(), name) != all.end();
}

/// The names of a binding and of those around it; nullopt where one is computed, or it is no part
/// of what the module says.
std::optional<std::vector<std::string>>
names_of(const nix::Tree& tree, const std::vector<nix::NodeId>& parents, nix::NodeId node) {
    std::vector<std::string> out;
    for (nix::NodeId below = node; node != nix::no_node; below = node, node = parents[node]) {
        const bool of_let = tree.kind(node) == nix::NodeKind::let_in && below != tree.last(node);
        if (of_let || tree.kind(node) == nix::NodeKind::list) {
            return std::nullopt;
        }
        if (tree.kind(node) != nix::NodeKind::binding) {
            continue;
        }
        std::vector<std::string> names;
        for (const auto& name : nix::path_texts(tree, tree.first(node))) {
            if (!name) {
                return std::nullopt;
            }
            names.push_back(*name);
        }
        out.insert(out.begin(), names.begin(), names.end());
    }
    if (!out.empty() && out.front() == "config") {
        out.erase(out.begin());
    }
    return out;
}

/// `users.users.${x}` where users.users.bob is asked for.
bool may_be_computed(const nix::Tree& tree, const proposals::OptionPath& option) {
    if (tree.source().find("${") == std::string::npos) {
        return false;
    }
    const auto parents = nix::parents_of(tree);
    const auto& wanted = option.parts();
    for (nix::NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) != nix::NodeKind::binding) {
            continue;
        }
        std::vector<std::optional<std::string>> names;
        for (nix::NodeId up = node; up != nix::no_node; up = parents[up]) {
            if (tree.kind(up) == nix::NodeKind::binding) {
                const auto here = nix::path_texts(tree, tree.first(up));
                names.insert(names.begin(), here.begin(), here.end());
            }
        }
        if (names.size() < wanted.size() || names[wanted.size() - 1]) {
            continue;
        }
        if (std::equal(wanted.begin(), wanted.end() - 1, names.begin())) {
            return true;
        }
    }
    return false;
}

void add(std::map<std::string, Switch>& found, Switch one) {
    auto [at, fresh] = found.try_emplace(one.option + "\n" + one.user, one);
    if (!fresh) {
        at->second.hosts.insert(one.hosts.begin(), one.hosts.end());
    }
}

} // namespace

Sayings::Sayings(map::Files& files, const map::RepoMap& repository)
    : files_(files), map_(repository) {
    for (const map::Host& host : repository.hosts) {
        for (const map::ModuleUse& use : host.modules) {
            used_[use.file].hosts.insert(host.name);
        }
        for (const auto& [user, modules] : host.homes) {
            for (const map::ModuleUse& use : modules) {
                const auto [at, fresh] = used_.try_emplace(use.file, Use{.user = user});
                at->second.hosts.insert(host.name);
            }
        }
    }
    if (used_.empty()) {
        for (const std::string& file : files.nix_files()) {
            used_[file];
        }
    }
}

Seen Sayings::seen(const proposals::OptionPath& option) const {
    Seen out = Seen::no;
    for (const auto& [file, use] : used_) {
        const map::SourceFile* source = files_.parse(file);
        if (source == nullptr) {
            continue;
        }
        const auto found = nix::locate(source->tree, option.parts(), nix::FileKind::module);
        if (!found.exact.empty() || !found.below.empty()) {
            return Seen::yes;
        }
        const bool unclear = !found.obstacles.empty() || may_be_computed(source->tree, option);
        out = unclear ? Seen::unclear : out;
    }
    return out == Seen::no && said_in_unread(option) ? Seen::unclear : out;
}

bool Sayings::said_in_unread(const proposals::OptionPath& option) const {
    const bool lost = std::any_of(map_.hosts.begin(), map_.hosts.end(),
                                  [](const map::Host& host) { return !host.unresolved.empty(); });
    const auto& all = files_.nix_files();
    return lost && std::any_of(all.begin(), all.end(), [&](const std::string& file) {
               const map::SourceFile* source = files_.parse(file);
               if (source == nullptr) {
                   return false;
               }
               const auto found = nix::locate(source->tree, option.parts(), nix::FileKind::module);
               return !found.exact.empty() || !found.below.empty();
           });
}

void Sayings::collect_from(const std::string& file, const Use& use) const {
    const map::SourceFile* source = files_.parse(file);
    if (source == nullptr) {
        return;
    }
    const nix::Tree& tree = source->tree;
    const auto parents = nix::parents_of(tree);
    for (nix::NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) != nix::NodeKind::binding) {
            continue;
        }
        const auto last = nix::path_texts(tree, tree.first(node)).back();
        const auto names = last == "enable" ? names_of(tree, parents, node) : std::nullopt;
        if (names && names->size() >= 3 && !is_of_nixpkgs(names->front()) &&
            !is_of_an_input(names->front())) {
            add(*found_, {.option = nix::joined(*names), .user = use.user, .hosts = use.hosts});
        }
    }
}

/// Options of an input's own modules: no other host has them by that.
bool Sayings::is_of_an_input(std::string_view option) const {
    const auto root = option.substr(0, option.find('.'));
    const bool input = std::any_of(map_.inputs.begin(), map_.inputs.end(), [&](const auto& one) {
        return std::string_view(one.name).starts_with(root);
    });
    return input && std::none_of(map_.own_options.begin(), map_.own_options.end(),
                                 [&](const auto& own) { return own.path.starts_with(root); });
}

void Sayings::collect() const {
    found_.emplace();
    for (const auto& [file, use] : used_) {
        collect_from(file, use);
    }
    for (const map::OwnOption& own : map_.own_options) {
        const auto use = used_.find(own.file);
        const bool home = use != used_.end() && !use->second.user.empty();
        if (own.path.ends_with(".enable") &&
            !is_of_nixpkgs(std::string_view(own.path).substr(0, own.path.find('.')))) {
            add(*found_, {.option = own.path, .user = home ? use->second.user : ""});
        }
    }
}

std::vector<Switch> Sayings::switches(std::string_view name) const {
    if (!found_) {
        collect();
    }
    std::vector<Switch> out;
    for (const auto& [key, one] : *found_) {
        const auto path = proposals::OptionPath::parse(one.option);
        if (path && path->parts().size() >= 2 && path->parts()[path->parts().size() - 2] == name) {
            out.push_back(one);
        }
    }
    return out;
}

} // namespace agentd::planners::goal
