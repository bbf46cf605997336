#include "proposals/plan/module_names.hpp"

#include "proposals/nix/names.hpp"

#include <algorithm>
#include <set>

namespace agentd::proposals::plan {

using nix::NodeId;

std::string importable(const std::string& file) {
    return file.ends_with("/default.nix") ? map::folder_of(file) : file;
}

namespace {

/// How `importer` writes the path of `module` now; "" when it does not.
std::string spelled_in(const nix::Tree& tree, const std::string& importer,
                       const std::string& module) {
    for (NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) != nix::NodeKind::path || tree.first(node) != nix::no_node) {
            continue;
        }
        const auto path = map::joined_path(map::folder_of(importer), tree.text(node));
        if (path && (*path == module || *path == importable(module))) {
            return std::string(tree.text(node));
        }
    }
    return {};
}

/// `./../x` where its neighbours are written so.
std::string spelled_like(const nix::Tree& tree, const std::string& relative) {
    std::size_t odd = 0;
    std::size_t plain = 0;
    for (NodeId node = 0; node < tree.size(); ++node) {
        if (tree.kind(node) == nix::NodeKind::path) {
            odd += tree.text(node).starts_with("./../") ? 1 : 0;
            plain += tree.text(node).starts_with("../") ? 1 : 0;
        }
    }
    return relative.starts_with("../") && odd > plain ? "./" + relative : relative;
}

} // namespace

nix::Import import_of(const nix::Tree& tree, const std::string& importer,
                      const std::string& module) {
    std::string now = spelled_in(tree, importer, module);
    return {.relative = now.empty()
                            ? spelled_like(tree, map::relative_path(importer, importable(module)))
                            : now,
            .from_root = importable(module)};
}

const map::ModuleUse* use_of(const map::Host& host, const std::string& user,
                             const std::string& module) {
    const auto in = [&](const map::Modules& modules) {
        const auto found =
            std::find_if(modules.begin(), modules.end(),
                         [&](const map::ModuleUse& use) { return use.file == module; });
        return found == modules.end() ? nullptr : &*found;
    };
    if (user.empty()) {
        return in(host.modules);
    }
    const auto home = host.homes.find(user);
    return home == host.homes.end() ? nullptr : in(home->second);
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

namespace {

/// An import by name: `self.nixosModules.web-nginx`.
struct Named {
    std::string text{};
    std::string head{}; ///< `self.nixosModules.`; "" below `with self.nixosModules;`
    std::string name{};
};

/// The flake's own modules: `self.nixosModules`, `flake.homeModules`.
bool are_own_modules(std::string_view text) {
    const auto last = text.rfind('.');
    if (last == text.npos || !text.ends_with("Modules")) {
        return false;
    }
    const auto of = text.substr(0, last);
    return of == "self" || of == "flake" || of.ends_with(".self") || of.ends_with(".flake");
}

bool below_own_modules(const nix::Tree& tree, const std::vector<NodeId>& parents, NodeId node) {
    for (; node != nix::no_node; node = parents[node]) {
        if (tree.kind(node) == nix::NodeKind::with) {
            return are_own_modules(tree.text(tree.first(node)));
        }
    }
    return false;
}

std::vector<Named> named_in(const nix::Tree& tree) {
    std::vector<Named> out;
    const auto parents = nix::parents_of(tree);
    for (NodeId list = 0; list < tree.size(); ++list) {
        if (tree.kind(list) != nix::NodeKind::list) {
            continue;
        }
        const bool with = below_own_modules(tree, parents, list);
        for (const NodeId item : tree.children(list)) {
            const std::string text(tree.text(item));
            const auto end = text.rfind('.');
            if (with && tree.kind(item) == nix::NodeKind::identifier) {
                out.push_back({.text = text, .name = text});
            } else if (tree.kind(item) == nix::NodeKind::select && end != text.npos &&
                       are_own_modules(std::string_view(text).substr(0, end))) {
                out.push_back(
                    {.text = text, .head = text.substr(0, end + 1), .name = text.substr(end + 1)});
            }
        }
    }
    return out;
}

/// `nginx`, or `services-nginx`, of services/nginx.nix.
bool may_be_called(std::string_view name, const std::string& module) {
    const std::string stem = map::stem_of(module);
    return name == stem || name.ends_with("-" + stem);
}

/// The files that `importer` imports, for any host.
std::set<std::string> imported_by(const map::RepoMap& map, const std::string& importer) {
    std::set<std::string> out;
    const auto collect = [&](const map::Modules& modules) {
        for (const map::ModuleUse& use : modules) {
            const auto& also = use.also_by;
            if (use.by == importer || std::find(also.begin(), also.end(), importer) != also.end()) {
                out.insert(use.file);
            }
        }
    };
    for (const map::Host& host : map.hosts) {
        collect(host.modules);
        for (const auto& [user, modules] : host.homes) {
            collect(modules);
        }
    }
    return out;
}

} // namespace

std::string output_in(Workspace& space, const std::string& importer, const std::string& module) {
    const nix::Tree* tree = space.tree(importer);
    const std::string told = output_name(space, module);
    std::set<std::string> found;
    for (const Named& one : tree == nullptr ? std::vector<Named>{} : named_in(*tree)) {
        if (told.empty() ? may_be_called(one.name, module) : one.name == told) {
            found.insert(one.text);
        }
    }
    return found.size() == 1 ? *found.begin() : "";
}

Output as_output(Workspace& space, const std::string& importer, const std::string& module) {
    const auto named = named_in(*space.tree(importer));
    if (named.empty()) {
        return {};
    }
    if (const std::string told = output_name(space, module); !told.empty()) {
        const Named& last = named.back();
        return {.text = last.head + told, .beside = last.text, .told = true};
    }
    const std::string folder = map::folder_of(importable(module));
    for (const std::string& file : imported_by(space.map(), importer)) {
        const std::string stem = map::stem_of(file);
        for (const Named& one : named) {
            if (map::folder_of(importable(file)) == folder && may_be_called(one.name, file)) {
                return {.text = one.head + one.name.substr(0, one.name.size() - stem.size()) +
                                map::stem_of(module),
                        .beside = one.text};
            }
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
