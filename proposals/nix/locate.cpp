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

    Located run(NodeId from) {
        expression(from, {});
        return std::move(found_);
    }

  private:
    struct Here {
        std::size_t depth{};
        NodeId condition{no_node};
        bool top{true}; ///< not yet below `config =`
        bool inner{};   ///< of a module that stands among the imports of this one
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
        if (!here.inner || here.depth >= 2) { // what is new is not said in somebody's small module
            found_.containers.push_back({.set = node,
                                         .depth = here.depth,
                                         .condition = here.condition,
                                         .needs_config = sections && !structural});
        }
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
        auto names = path_words(tree_, attrs);
        if (sections && names.front() == "config") {
            names.erase(names.begin());
            here.top = false;
            if (names.empty()) {
                return expression(value, here);
            }
        }
        const bool imports = here.depth == 0 && names.size() == 1 && names.front() == "imports";
        if (imports && kind_ == FileKind::module && path_.front() != "imports") {
            return inner_modules(value, here);
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

    /// `imports = [ { … } ({ pkgs, ... }: { … }) ]`.
    void inner_modules(NodeId list, Here here) {
        list = bare(tree_, list);
        if (tree_.kind(list) == NodeKind::binary &&
            tree_.after_first(list).kind == TokenKind::concat) {
            inner_modules(tree_.first(list), here);
            return inner_modules(tree_.last(list), here);
        }
        here = {.condition = here.condition, .inner = true};
        for (const NodeId item :
             tree_.kind(list) == NodeKind::list ? tree_.children(list) : std::vector<NodeId>{}) {
            const NodeKind kind = tree_.kind(bare(tree_, item));
            if (kind == NodeKind::set || kind == NodeKind::rec_set || kind == NodeKind::lambda) {
                expression(bare(tree_, item), here);
            }
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

} // namespace

Located locate(const Tree& tree, std::span<const std::string> path, FileKind kind) {
    return Walk(tree, path, kind).run(tree.root());
}

Located locate_in(const Tree& tree, NodeId expression, std::span<const std::string> path) {
    return Walk(tree, path, FileKind::plain).run(expression);
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

} // namespace agentd::proposals::nix
