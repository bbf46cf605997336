// What binds a name, and where it is used.
#include "proposals/nix/locate.hpp"

#include "proposals/nix/names.hpp"

namespace agentd::proposals::nix {

namespace {

/// The binding of `name` among these, if one is.
NodeId value_among(const Tree& tree, NodeId scope, std::string_view name) {
    for (NodeId item = tree.first(scope); item != no_node; item = tree[item].next) {
        if (tree.kind(item) == NodeKind::binding) {
            const NodeId attrs = tree.first(item);
            if (tree[tree.first(attrs)].next == no_node &&
                attr_text(tree, tree.first(attrs)) == name) {
                return tree[attrs].next;
            }
        }
    }
    return no_node;
}

bool names_inherited(const Tree& tree, NodeId item, std::string_view name) {
    for (NodeId attr = tree.first(item); attr != no_node; attr = tree[attr].next) {
        if (tree.kind(attr) == NodeKind::attr_name && tree.text(attr) == name) {
            return true;
        }
    }
    return false;
}

bool is_argument(const Tree& tree, NodeId lambda, std::string_view name) {
    const NodeId argument = tree.first(lambda);
    if (tree.kind(argument) == NodeKind::identifier) {
        return tree.text(argument) == name;
    }
    for (NodeId item = tree.first(argument); item != no_node; item = tree[item].next) {
        if (tree.text(tree.tokens()[tree[item].first_token]) == name) {
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<NodeId> parents_of(const Tree& tree) {
    std::vector<NodeId> out(tree.size(), no_node);
    for (NodeId id = 0; id < tree.size(); ++id) {
        for (NodeId child = tree.first(id); child != no_node; child = tree[child].next) {
            out[child] = id;
        }
    }
    return out;
}

Bound binding_of(const Tree& tree, const std::vector<NodeId>& parents, NodeId node,
                 std::string_view name) {
    for (NodeId scope = parents[node]; scope != no_node; scope = parents[scope]) {
        const NodeKind kind = tree.kind(scope);
        if (kind == NodeKind::lambda && is_argument(tree, scope, name)) {
            return {.scope = scope};
        }
        if (kind != NodeKind::let_in && kind != NodeKind::rec_set && kind != NodeKind::old_let) {
            continue;
        }
        if (const NodeId value = value_among(tree, scope, name); value != no_node) {
            return {.scope = scope, .value = value};
        }
        for (NodeId item = tree.first(scope); item != no_node; item = tree[item].next) {
            const bool inherits =
                tree.kind(item) == NodeKind::inherit || tree.kind(item) == NodeKind::inherit_from;
            if (inherits && names_inherited(tree, item, name)) {
                return {.scope = scope};
            }
        }
    }
    return {};
}

std::size_t uses_of(const Tree& tree, std::string_view name) {
    std::size_t out = 0;
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) == NodeKind::identifier) {
            out += tree.text(id) == name ? 1 : 0;
        } else if (tree.kind(id) == NodeKind::inherit) {
            out += names_inherited(tree, id, name) ? 1 : 0;
        }
    }
    return out;
}

} // namespace agentd::proposals::nix
