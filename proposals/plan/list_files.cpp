// Lists that are a file of their own: `environment.systemPackages = import ./packages.nix pkgs`.
#include "proposals/plan/list_files.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using nix::no_node;
using nix::NodeId;
using nix::NodeKind;

namespace {

/// The path that `import` or `callPackage` is given; no_node for any other expression.
NodeId path_read(const nix::Tree& tree, NodeId node) {
    node = nix::bare(tree, node);
    if (tree.kind(node) != NodeKind::apply) {
        return no_node;
    }
    const nix::Call call = nix::call_of(tree, node);
    if (call.arguments.empty() || (call.name != "import" && call.name != "callPackage")) {
        // `(import ./x.nix) { … }`
        return path_read(tree, tree.first(node));
    }
    const NodeId path = nix::bare(tree, call.arguments.front());
    return tree.kind(path) == NodeKind::path && tree.first(path) == no_node ? path : no_node;
}

/// Inside of mkIf and its like, and by way of a `let` that nothing else uses.
NodeId value_of(const nix::Tree& tree, const Definition& one) {
    NodeId node = nix::bare(tree, one.site.value);
    for (auto inner = nix::unwrap(tree, node); inner.value != no_node;
         inner = nix::unwrap(tree, node)) {
        node = nix::bare(tree, inner.value);
    }
    if (tree.kind(node) == NodeKind::identifier) {
        const auto name = tree.text(node);
        const auto bound = nix::binding_of(tree, nix::parents_of(tree), node, name);
        return bound.value != no_node && nix::uses_of(tree, name) == 1 ? bound.value : node;
    }
    return node;
}

} // namespace

std::string list_file_of(Workspace& space, const Definition& one) {
    const nix::Tree& tree = *space.tree(one.at->file);
    const NodeId path = path_read(tree, value_of(tree, one));
    const auto whole = path == no_node
                           ? std::nullopt
                           : map::joined_path(map::folder_of(one.at->file), tree.text(path));
    const auto file = whole ? space.files().imported(*whole) : std::nullopt;
    return file && space.tree(*file) != nullptr ? *file : one.at->file;
}

HostNames others_that_read(Workspace& space, const std::string& list, const HostNames& hosts) {
    HostNames out;
    for (const std::string& file : space.files().nix_files()) {
        const nix::Tree* tree = space.tree(file);
        for (NodeId node = 0; tree != nullptr && node < tree->size(); ++node) {
            const bool plain = tree->kind(node) == NodeKind::path && tree->first(node) == no_node;
            const auto path =
                plain ? map::joined_path(map::folder_of(file), tree->text(node)) : std::nullopt;
            if (path && space.files().imported(*path) == list) {
                const auto users = space.map().hosts_of(file);
                out.insert(users.begin(), users.end());
                out.insert(users.empty() ? file : users.front());
            }
        }
    }
    for (const std::string& host : hosts) {
        out.erase(host);
    }
    return out;
}

} // namespace agentd::proposals::plan
