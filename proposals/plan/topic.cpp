#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"
#include "proposals/map/files.hpp"
#include "proposals/nix/locate.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <optional>
#include <set>
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
};

/// How many names stand before those of a binding; nullopt where it is of a `let`.
std::optional<std::size_t> names_before(const nix::Tree& tree, const std::vector<NodeId>& parents,
                                        NodeId binding) {
    std::size_t out = 0;
    bool config = false;
    NodeId below = binding;
    for (NodeId up = parents[binding]; up != nix::no_node; below = up, up = parents[up]) {
        if (tree.kind(up) == NodeKind::let_in && below != tree.last(up)) {
            return std::nullopt;
        }
        if (tree.kind(up) == NodeKind::binding) {
            const auto names = nix::path_texts(tree, tree.first(up));
            out += names.size();
            config = names.front() == "config";
        }
    }
    return config ? out - 1 : out;
}

Names names_of(const nix::Tree& tree) {
    Names out;
    const auto parents = nix::parents_of(tree);
    for (NodeId node = 0; node < tree.size(); ++node) {
        auto at =
            tree.kind(node) == NodeKind::binding ? names_before(tree, parents, node) : std::nullopt;
        if (!at) {
            continue;
        }
        auto names = nix::path_texts(tree, tree.first(node));
        if (*at == 0 && names.front() == "config") {
            names.erase(names.begin());
        }
        for (const auto& name : names) {
            if (name && *at == 0) {
                out.first.insert(*name);
            }
            if (name && *at < 3) {
                out.near.insert(*name);
            }
            ++*at;
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

Topic topic_of(const nix::Tree& tree, const std::string& file, const OptionPath& option) {
    const std::string stem = map::stem_of(file);
    const std::string low = low_name_of(file);
    const bool entry = map::name_of(file) == "default.nix" || stem == "configuration";
    const Names names = names_of(tree);
    const auto& parts = option.parts();
    Topic out{.generated = is_generated(tree, file) || map::name_of(file) == "flake.nix",
              .machine = begins_with_one(low, {"hardware", "disk", "boot", "filesystem", "fs",
                                               "kernel", "facter", "impermanence", "persist"}),
              .called = is_of_place(stem, parts.front()),
              .declares = names.options,
              .hub = imports_from_elsewhere(tree),
              .spread = names.first.size()};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool chosen = i == 2 && parts.front() == "users"; // the name of somebody
        const bool named =
            i == 0 ? core::to_lower(parts[i]).find(low) != std::string::npos && low.size() >= 3
                   : is_named_by(low, parts[i]);
        out.called = out.called || (!chosen && named);
    }
    out.general = is_one_of(low, {"common", "base", "core", "shared", "global", "general", "system",
                                  "default", "defaults", "all", "configuration", "nixos", "main"});
    // `helium/system.nix` is the system's part of one thing.
    const bool inner = !map::folder_of(file).empty() && out.spread < 3 &&
                       is_one_of(low, {"system", "default", "main", "nixos"});
    out.general = out.general && !inner;
    out.called = out.called || (lists_packages(option) && is_of_packages(low));
    // A folder of much that is called as one thing of it is still of much.
    const bool of_much = entry && out.spread >= general_spread && names.first.count("imports") > 0;
    const auto& said = of_much ? names.first : names.near;
    out.other = !out.called && !out.general && stem.size() >= 3 &&
                std::any_of(said.begin(), said.end(), [&](const std::string& name) {
                    return name != "imports" && name != "config" && name != parts.front() &&
                           says(low, name);
                });
    const bool imports = names.first.count("imports") > 0;
    out.index = imports && out.spread == 1;
    out.named_entry = entry && !out.other && (out.spread >= general_spread || imports);
    return out;
}

} // namespace agentd::proposals::plan
