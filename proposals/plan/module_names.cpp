#include "proposals/plan/module_names.hpp"

#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using nix::NodeId;

std::string importable(const std::string& file) {
    return file.ends_with("/default.nix") ? map::folder_of(file) : file;
}

namespace {

/// The name that the flake gives the module: `nixosModules.x = ./x.nix`; "" where it does not.
std::string output_name(Workspace& space, const std::string& module) {
    for (const std::string& file : space.files().nix_files()) {
        const map::SourceFile* source = space.files().parse(file);
        if (source == nullptr || source->tree.source().find("nixosModules") == std::string::npos) {
            continue;
        }
        const nix::Tree& tree = source->tree;
        const auto parents = nix::parents_of(tree);
        for (NodeId node = 0; node < tree.size(); ++node) {
            if (tree.kind(node) != nix::NodeKind::path || tree.first(node) != nix::no_node) {
                continue;
            }
            const auto path = map::joined_path(map::folder_of(file), tree.text(node));
            std::vector<std::string> names;
            for (NodeId up = node; up != nix::no_node; up = parents[up]) {
                if (tree.kind(up) == nix::NodeKind::binding) {
                    for (const auto& name : nix::path_texts(tree, tree.first(up))) {
                        names.push_back(name.value_or(""));
                    }
                }
            }
            const bool output =
                std::find(names.begin(), names.end(), "nixosModules") != names.end();
            if (output && path && (*path == module || *path == importable(module))) {
                return nix::path_texts(tree, tree.first(parents[node])).back().value_or("");
            }
        }
    }
    return {};
}

} // namespace

std::string as_output(Workspace& space, const nix::Tree& tree, const std::string& module) {
    constexpr std::string_view outputs = "self.nixosModules";
    for (NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) != nix::NodeKind::select) {
            continue;
        }
        const auto text = tree.text(node);
        const auto end = text.rfind('.');
        const bool spelled =
            end != text.npos && (text.substr(0, end) == outputs ||
                                 text.substr(0, end).ends_with("." + std::string(outputs)));
        const std::string name = spelled ? output_name(space, module) : "";
        if (!name.empty()) {
            return std::string(text.substr(0, end + 1)) + name;
        }
    }
    return {};
}

bool takes_more(Workspace& space, const std::string& module) {
    const nix::Tree* tree = space.tree(module);
    return tree != nullptr && tree->kind(tree->root()) == nix::NodeKind::lambda &&
           tree->kind(nix::bare(*tree, tree->last(tree->root()))) == nix::NodeKind::lambda;
}

} // namespace agentd::proposals::plan
