#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"
#include "proposals/map/files.hpp"
#include "proposals/nix/locate.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace agentd::proposals::plan {

using nix::NodeId;
using nix::NodeKind;

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool begins_with_one(std::string_view name, std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](const auto start) { return name.starts_with(start); });
}

/// `ssh` says openssh, `nginx-proxy` nginx, but `nixos` not nix.
bool says(std::string_view stem, std::string_view name) {
    const std::string low = core::to_lower(name);
    const auto words = core::split(stem, '-');
    return (stem.size() >= 3 && low.find(stem) != std::string::npos) ||
           std::find(words.begin(), words.end(), low) != words.end();
}

/// `ssh` names openssh, `firewall-lan` firewall, but `nixhome` not nix.
bool is_named_by(std::string_view stem, std::string_view part) {
    const std::string low = core::to_lower(part);
    return says(stem, part) || (low.size() >= 5 && stem.find(low) != stem.npos);
}

/// Files about where the machine stands are called `locale` for several first names.
bool is_of_place(std::string_view stem, std::string_view first) {
    return is_one_of(first, {"time", "i18n", "console"}) &&
           (core::to_lower(stem).find("local") != std::string::npos ||
            is_one_of(stem, {"time", "timezone", "i18n", "language"}));
}

bool lists_packages(const OptionPath& option) {
    return is_one_of(option.parts().back(), {"systemPackages", "packages"});
}

/// `cli-tools`, `software`: what lists programs of every kind.
bool is_of_packages(std::string_view stem) {
    const auto words = core::split(stem, '-');
    return std::any_of(words.begin(), words.end(), [](std::string_view word) {
        return is_one_of(word, {"cli", "tools", "utils", "utilities", "software", "apps", "pkgs",
                                "program", "programs", "applications", "package"});
    });
}

/// Names on the left of a `=`: the first ones of what the file sets, and those that say what that
/// is.
struct Names {
    std::set<std::string, std::less<>> first{};
    std::set<std::string, std::less<>> near{}; ///< up to the third
    bool options{};
    bool on{};              ///< the thing, by its `enable`
    std::size_t values{};   ///< that are no sets
    std::size_t of_thing{}; ///< how many of these are below its names
};

using MaybeNames = std::vector<std::optional<std::string>>;

/// The names of a binding and of all around it; nullopt where it is of a `let`.
std::optional<MaybeNames> path_of(const nix::Tree& tree, const std::vector<NodeId>& parents,
                                  NodeId binding) {
    MaybeNames out;
    NodeId below = binding;
    for (NodeId up = binding; up != nix::no_node; below = up, up = parents[up]) {
        if (tree.kind(up) == NodeKind::let_in && below != tree.last(up)) {
            return std::nullopt;
        }
        if (tree.kind(up) == NodeKind::binding) {
            const auto names = nix::path_texts(tree, tree.first(up));
            out.insert(out.begin(), names.begin(), names.end());
        }
    }
    if (out.front() == "config") {
        out.erase(out.begin());
    }
    return out;
}

bool begins_with(const MaybeNames& path, std::span<const std::string> start) {
    return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

bool is_set(const nix::Tree& tree, NodeId binding) {
    const NodeId value = nix::bare(tree, tree.last(binding));
    return tree.kind(value) == NodeKind::set || tree.kind(value) == NodeKind::rec_set;
}

/// Of the module whose options begin behind `prefix`.
Names names_of(const nix::Tree& tree, std::span<const std::string> prefix,
               std::span<const std::string> thing) {
    Names out;
    const auto parents = nix::parents_of(tree);
    for (NodeId node = 0; node < tree.size(); ++node) {
        auto path =
            tree.kind(node) == NodeKind::binding ? path_of(tree, parents, node) : std::nullopt;
        if (!path || !begins_with(*path, prefix) || path->size() == prefix.size()) {
            continue;
        }
        path->erase(path->begin(), path->begin() + static_cast<std::ptrdiff_t>(prefix.size()));
        if (path->front()) {
            out.first.insert(*path->front());
        }
        for (std::size_t i = 0; i < path->size() && i < 3; ++i) {
            if ((*path)[i]) {
                out.near.insert(*(*path)[i]);
            }
        }
        if (path->front() != "imports" && !is_set(tree, node)) {
            const bool here = begins_with(*path, thing);
            ++out.values;
            out.of_thing += here ? 1 : 0;
            out.on =
                out.on || (here && path->size() == thing.size() + 1 && path->back() == "enable");
        }
    }
    out.options = out.first.erase("options") > 0;
    return out;
}

bool imports_from_elsewhere(const nix::Tree& tree) {
    const std::vector<std::string> path{"imports"};
    for (const auto& site : nix::locate(tree, path, nix::FileKind::module).exact) {
        for (NodeId node = 0; node < tree.size(); ++node) {
            const bool inside = tree.start(node) >= tree.start(site.value) &&
                                tree.end(node) <= tree.end(site.value);
            if (inside && tree.kind(node) == NodeKind::path &&
                (tree.text(node).starts_with("../") || tree.text(node).starts_with("./../"))) {
                return true;
            }
        }
    }
    return false;
}

bool says_that_it_is_made(std::string_view source) {
    const std::string head = core::to_lower(source.substr(0, 600));
    return head.find("do not modify this file") != std::string::npos ||
           head.find("do not edit") != std::string::npos ||
           head.find("generated by") != std::string::npos;
}

/// What a file is called, in small letters; `_hardware` is hidden from import-tree.
std::string low_name_of(const std::string& file) {
    std::string out = core::to_lower(map::stem_of(file));
    out.erase(0, std::min(out.find_first_not_of('_'), out.size()));
    return out;
}

/// What is said of many a thing, and names none: `nix.gc.options`.
bool is_of_any_kind(std::string_view part) {
    return is_one_of(part, {"options", "settings", "config", "extraConfig", "enable", "default"});
}

/// `hosts/web` of `flake.modules.nixos."hosts/web"`, and of that the last part; "" for none.
std::string module_called(std::span<const std::string> prefix) {
    std::string out;
    for (const std::string& name : prefix) {
        if (name == "home-manager") {
            break; // of a user, in a module that is called by what stands before
        }
        const bool kind =
            is_one_of(name, {"flake", "modules", "den", "aspects", "nixos", "config", "homeManager",
                             "homeModules", "nixosModules", "user", "darwin", "generic", "os"});
        out = kind ? out : name;
    }
    return core::to_lower(out.substr(out.rfind('/') + 1));
}

/// Named as hardware is, and with what `nixos-generate-config` always writes.
bool is_scan(std::string_view stem, std::string_view source) {
    const bool named = stem.find("hardware") != stem.npos || stem == "hw" || stem == "facter";
    return named && (source.find("installer/scan/not-detected.nix") != source.npos ||
                     source.find("availableKernelModules") != source.npos);
}

} // namespace

bool is_generated(const nix::Tree& tree, const std::string& file) {
    const std::string name = map::name_of(file);
    return name == "hardware-configuration.nix" || says_that_it_is_made(tree.source()) ||
           is_scan(low_name_of(file), tree.source());
}

bool is_about(const std::string& file, std::string_view package) {
    const std::string stem = low_name_of(file);
    return stem.size() >= 3 && core::to_lower(package).find(stem) != std::string::npos;
}

namespace {

bool is_called_so(std::string_view name, const OptionPath& option) {
    const auto& parts = option.parts();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool chosen = i == 2 && parts.front() == "users"; // the name of somebody
        const bool named =
            i == 0 ? core::to_lower(parts[i]).find(name) != std::string::npos && name.size() >= 3
                   : is_named_by(name, parts[i]) && !is_of_any_kind(parts[i]);
        if (!chosen && named) {
            return true;
        }
    }
    return lists_packages(option) && is_of_packages(name);
}

bool is_general(std::string_view name) {
    return is_one_of(name, {"common", "base", "core", "shared", "global", "general", "system",
                            "default", "defaults", "all", "configuration", "nixos", "main", "extra",
                            "extras", "misc"});
}

} // namespace

std::size_t names_of_a_thing(const OptionPath& option) {
    return is_one_of(option.parts().front(),
                     {"boot", "environment", "networking", "nix", "nixpkgs", "security", "system",
                      "systemd", "users", "home-manager"})
               ? 3
               : 2;
}

Topic topic_of(const nix::Tree& tree, const std::string& file, const OptionPath& option,
               std::span<const std::string> prefix) {
    const std::string stem = map::stem_of(file);
    const std::string low = low_name_of(file);
    const bool entry = map::name_of(file) == "default.nix" || stem == "configuration";
    const auto& parts = option.parts();
    const Names names = names_of(
        tree, prefix, std::span(parts).first(std::min(parts.size(), names_of_a_thing(option))));
    Topic out{.generated = is_generated(tree, file) || map::name_of(file) == "flake.nix",
              .machine = begins_with_one(low, {"hardware", "disk", "boot", "filesystem", "fs",
                                               "kernel", "facter", "impermanence", "persist"}),
              .called = is_of_place(stem, parts.front()) || is_called_so(low, option),
              .declares = names.options,
              .hub = prefix.empty() && imports_from_elsewhere(tree),
              .on = names.on,
              .much = names.on || names.of_thing * 2 >= names.values,
              .module = prefix.empty() ? "" : module_called(prefix),
              .spread = names.first.size()};
    out.called = out.called || (!out.module.empty() && is_called_so(out.module, option));
    // `helium/system.nix` is the system's part of one thing.
    const bool inner = !map::folder_of(file).empty() && out.spread < 3 &&
                       is_one_of(low, {"system", "default", "main", "nixos"});
    out.general = is_general(low) && !inner;
    // A folder of much that is called as one thing of it is still of much.
    const bool of_much = entry && out.spread >= general_spread && names.first.count("imports") > 0;
    const auto& said = of_much ? names.first : names.near;
    const auto is_of = [&](std::string_view name) {
        return name.size() >= 3 &&
               std::any_of(said.begin(), said.end(), [&](const std::string& one) {
                   return one != "imports" && one != "config" && one != parts.front() &&
                          is_named_by(name, one);
               });
    };
    out.other = !out.called && !out.general && (is_of(low) || is_of(out.module));
    const bool imports = names.first.count("imports") > 0;
    out.index = imports && out.spread == 1;
    out.named_entry = entry && !out.other && (out.spread >= general_spread || imports);
    return out;
}

} // namespace agentd::proposals::plan
