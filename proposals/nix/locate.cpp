#include "proposals/nix/locate.hpp"

#include "proposals/nix/names.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::nix {

namespace {

class Walk {
  public:
    Walk(const Tree& tree, std::span<const std::string> path, FileKind kind)
        : tree_(tree), path_(path), kind_(kind) {}

    Located run() {
        expression(tree_.root(), {});
        return std::move(found_);
    }

  private:
    struct Here {
        std::size_t depth{};
        NodeId condition{no_node};
        bool top{true}; ///< not yet below `config =`
    };

    void expression(NodeId node, Here here) {
        const NodeKind kind = tree_.kind(node);
        if (kind == NodeKind::paren || kind == NodeKind::lambda || kind == NodeKind::let_in ||
            kind == NodeKind::with || kind == NodeKind::assertion) {
            return expression(tree_.last(node), here);
        }
        if (kind == NodeKind::set || kind == NodeKind::rec_set) {
            return set(node, here);
        }
        if (kind == NodeKind::binary && tree_.after_first(node).kind == TokenKind::update) {
            expression(tree_.first(node), here);
            return expression(tree_.last(node), here);
        }
        if (kind == NodeKind::conditional) {
            return conditional(node, here);
        }
        if (kind == NodeKind::apply && call(node, here)) {
            return;
        }
        found_.obstacles.push_back({.node = node, .condition = here.condition});
    }

    void conditional(NodeId node, Here here) {
        const auto parts = tree_.children(node);
        here.condition = parts[0];
        expression(parts[1], here);
        expression(parts[2], here);
    }

    bool call(NodeId node, Here here) {
        if (const Wrapped inner = unwrap(tree_, node); inner.value != no_node) {
            here.condition = inner.condition == no_node ? here.condition : inner.condition;
            expression(inner.value, here);
            return true;
        }
        const Call called = call_of(tree_, node);
        if (called.name != "mkMerge" || called.arguments.empty()) {
            return false;
        }
        const NodeId list = bare(tree_, called.arguments.front());
        if (called.name != "mkMerge" || tree_.kind(list) != NodeKind::list) {
            return false;
        }
        for (const NodeId item : tree_.children(list)) {
            expression(item, here);
        }
        return true;
    }

    /// `config` or `options` at the top: what is no option stands beside them.
    bool has_sections(NodeId set) const {
        for (NodeId item = tree_.first(set); item != no_node; item = tree_[item].next) {
            if (tree_.kind(item) == NodeKind::binding) {
                const auto first = attr_text(tree_, tree_.first(tree_.first(item)));
                if (first == "config" || first == "options") {
                    return true;
                }
            }
        }
        return false;
    }

    void set(NodeId node, Here here) {
        const bool sections =
            kind_ == FileKind::module && here.top && here.depth == 0 && has_sections(node);
        const bool structural = path_.front() == "imports" || path_.front() == "options";
        found_.containers.push_back({.set = node,
                                     .depth = here.depth,
                                     .condition = here.condition,
                                     .needs_config = sections && !structural});
        for (NodeId item = tree_.first(node); item != no_node; item = tree_[item].next) {
            if (tree_.kind(item) == NodeKind::binding) {
                binding(item, here, sections);
            } else {
                inherited(item, here);
            }
        }
    }

    void inherited(NodeId item, const Here& here) {
        NodeId attr = tree_.first(item);
        if (tree_.kind(item) == NodeKind::inherit_from) {
            attr = tree_[attr].next;
        }
        for (; attr != no_node; attr = tree_[attr].next) {
            if (here.depth < path_.size() && attr_text(tree_, attr) == path_[here.depth]) {
                found_.obstacles.push_back(
                    {.node = attr, .inherited = true, .condition = here.condition});
            }
        }
    }

    void binding(NodeId item, Here here, bool sections) {
        const NodeId attrs = tree_.first(item);
        const NodeId value = tree_[attrs].next;
        auto names = path_texts(tree_, attrs);
        if (sections && names.front() == "config") {
            names.erase(names.begin());
            here.top = false;
            if (names.empty()) {
                return expression(value, here);
            }
        }
        const auto wanted = path_.subspan(here.depth);
        std::size_t same = 0;
        while (same < names.size() && same < wanted.size() && names[same] == wanted[same]) {
            ++same;
        }
        if (same == names.size() && same == wanted.size()) {
            found_.exact.push_back({.binding = item, .value = value, .condition = here.condition});
        } else if (same == names.size()) {
            here.depth += same;
            here.top = false;
            expression(value, here);
        } else if (same == wanted.size()) {
            found_.below.push_back(item);
        }
    }

    const Tree& tree_;
    std::span<const std::string> path_;
    FileKind kind_;
    Located found_{};
};

constexpr std::array<std::string_view, 4> one_argument{"mkDefault", "mkForce", "mkBefore",
                                                       "mkAfter"};
constexpr std::array<std::string_view, 2> two_arguments{"mkOverride", "mkOrder"};
constexpr std::array<std::string_view, 2> with_condition{"mkIf", "optionalAttrs"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

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

Located locate(const Tree& tree, std::span<const std::string> path, FileKind kind) {
    return Walk(tree, path, kind).run();
}

Call call_of(const Tree& tree, NodeId node) {
    node = bare(tree, node);
    if (tree.kind(node) != NodeKind::apply) {
        return {};
    }
    Call out{.arguments = tree.children(node)};
    NodeId function = bare(tree, out.arguments.front());
    out.arguments.erase(out.arguments.begin());
    if (tree.kind(function) == NodeKind::select) {
        function = tree.last(tree[tree.first(function)].next);
    }
    if (tree.kind(function) == NodeKind::identifier || tree.kind(function) == NodeKind::attr_name) {
        out.name = tree.text(function);
    }
    return out;
}

Wrapped unwrap(const Tree& tree, NodeId node) {
    const Call call = call_of(tree, node);
    if (call.arguments.size() == 1 && among(one_argument, call.name)) {
        return {.value = call.arguments[0]};
    }
    if (call.arguments.size() == 2 && among(two_arguments, call.name)) {
        return {.value = call.arguments[1]};
    }
    if (call.arguments.size() == 2 && among(with_condition, call.name)) {
        return {.value = call.arguments[1], .condition = call.arguments[0]};
    }
    return {};
}

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
