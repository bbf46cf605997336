#include "proposals/nix/edit_parts.hpp"

#include "proposals/nix/names.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::nix {

using core::Problem;

namespace {

constexpr std::array<NodeKind, 11> literal_kinds{
    NodeKind::integer, NodeKind::floating,    NodeKind::string, NodeKind::indented,
    NodeKind::path,    NodeKind::search_path, NodeKind::uri,    NodeKind::list,
    NodeKind::set,     NodeKind::rec_set,     NodeKind::negate};

bool is_literal(const Tree& tree, NodeId node) {
    const NodeKind kind = tree.kind(node);
    if (kind == NodeKind::identifier) {
        const auto name = tree.text(node);
        return name == "true" || name == "false" || name == "null";
    }
    if (kind == NodeKind::select) {
        // `pkgs.x` names a thing; `cfg.x` is another option's value.
        return tree.text(tree.first(node)) == "pkgs";
    }
    return std::find(literal_kinds.begin(), literal_kinds.end(), kind) != literal_kinds.end();
}

/// Inside of mkDefault and its like, down to what is to be replaced.
core::Result<NodeId> innermost(const Tree& tree, const std::vector<NodeId>& parents, NodeId value,
                               Names path, const EditStyle& style) {
    NodeId node = bare(tree, value);
    for (Wrapped inner = unwrap(tree, node); inner.value != no_node; inner = unwrap(tree, node)) {
        if (inner.condition != no_node && !style.inside_conditions) {
            return refuse(tree, node, "conditional",
                          "`" + joined(path) + "` has this value only under the condition " +
                              quoted(tree.text(inner.condition)));
        }
        node = bare(tree, inner.value);
    }
    if (is_literal(tree, node)) {
        return node;
    }
    if (tree.kind(node) == NodeKind::conditional) {
        return refuse(tree, node, "conditional", "`" + joined(path) + "` depends on an `if` here");
    }
    const bool variable = tree.kind(node) == NodeKind::identifier;
    if (variable) {
        const Bound bound = binding_of(tree, parents, node, tree.text(node));
        if (bound.value != no_node && is_literal(tree, bare(tree, bound.value)) &&
            uses_of(tree, tree.text(node)) == 1) {
            return bare(tree, bound.value);
        }
    }
    return refuse(
        tree, node, variable || tree.kind(node) == NodeKind::select ? "variable" : "opaque",
        "the value of `" + joined(path) + "` is computed here: " + quoted(tree.text(node)),
        "change it where it comes from");
}

/// Only a set may take the place of a set, a list of a list that has something in it.
bool same_shape(const Tree& tree, NodeId old, const std::string& expression) {
    const auto read = parse(expression);
    const Tree& now = std::get<Tree>(read);
    const NodeKind kind = now.kind(now.root());
    if (tree.first(old) == no_node) {
        return true;
    }
    return (tree.kind(old) != NodeKind::set && tree.kind(old) != NodeKind::rec_set) ||
           kind == NodeKind::set || kind == NodeKind::rec_set;
}

/// An expression outside of the binding that looks its first name up in the `rec` set it is of.
NodeId reader_of(const Tree& tree, const std::vector<NodeId>& parents, NodeId binding) {
    NodeId outermost = binding;
    while (tree.kind(parents[outermost]) == NodeKind::set &&
           parents[parents[outermost]] != no_node &&
           tree.kind(parents[parents[outermost]]) == NodeKind::binding) {
        outermost = parents[parents[outermost]];
    }
    const auto names = path_texts(tree, tree.first(outermost));
    if (tree.kind(parents[outermost]) != NodeKind::rec_set || !names.front()) {
        return no_node;
    }
    for (NodeId node = 0; node < tree.size(); ++node) {
        const bool outside =
            tree.start(node) < tree.start(binding) || tree.end(node) > tree.end(binding);
        if (!outside || tree.kind(node) != NodeKind::identifier ||
            tree.text(node) != *names.front()) {
            continue;
        }
        const NodeId scope = binding_of(tree, parents, node, *names.front()).scope;
        if (scope == parents[outermost] || scope == no_node) {
            return node;
        }
    }
    return no_node;
}

} // namespace

EditResult set_value(const Tree& tree, Names path, std::string_view expression,
                     const EditStyle& style) {
    const auto given = given_expression(expression);
    const auto site = only_site(tree, path, locate(tree, path, FileKind::module), style);
    if (!given || !site) {
        return given ? site.problem() : given.problem();
    }
    const auto parents = parents_of(tree);
    const auto found = innermost(tree, parents, site->value, path, style);
    if (!found) {
        return found.problem();
    }
    const NodeId old = *found;
    if (tree.text(old) == *given) {
        return finish(tree, {}, {});
    }
    if (!same_shape(tree, old, *given)) {
        return refuse(tree, old, "has_parts",
                      "`" + joined(path) + "` is a set with parts, not one value");
    }
    if (holds_comment(tree, old)) {
        return refuse(tree, old, "comment_inside",
                      "a comment stands inside of the value of `" + joined(path) +
                          "` and would be lost");
    }
    const Layout layout(tree.source());
    const bool argument = tree.kind(parents[old]) == NodeKind::apply;
    const std::string text = argument ? as_argument(*given) : *given;
    return finish(tree,
                  {{.start = tree.start(old),
                    .end = tree.end(old),
                    .text = layout.fitted(text, layout.indent_of(tree.start(old)))}},
                  {.inserted = 1, .removed = 1});
}

EditResult insert_binding(const Tree& tree, Names path, std::string_view expression,
                          const EditStyle& style) {
    const auto given = given_expression(expression);
    if (!given) {
        return given.problem();
    }
    const Located found = locate(tree, path, FileKind::module);
    for (const Site& site : found.exact) {
        if (site.condition == no_node || style.inside_conditions) {
            return refuse(tree, site.binding, "exists",
                          "`" + joined(path) + "` is bound already here");
        }
    }
    if (!found.below.empty()) {
        return refuse(tree, found.below.front(), "has_parts",
                      "`" + joined(path) + "` is a set whose parts are bound by themselves");
    }
    const auto spot = spot_for(tree, path, found, style);
    if (!spot) {
        return spot.problem();
    }
    auto edit = finish(tree, {put_at(tree, *spot, spelled(spot->names, *given))}, {.inserted = 1});
    if (!edit && edit.problem().code == "would_break") {
        // Something that cannot be looked into holds the names before it.
        for (const Obstacle& obstacle : found.obstacles) {
            return refuse(tree, obstacle.node, obstacle.inherited ? "inherited" : "opaque",
                          "what would hold `" + joined(path) + "` is computed here");
        }
        for (const Container& container : found.containers) {
            if (container.condition != no_node && container.depth > 0) {
                return refuse(tree, container.set, "conditional",
                              "what would hold `" + joined(path) + "` stands under a condition");
            }
        }
    }
    return edit;
}

EditResult remove_binding(const Tree& tree, Names path, const EditStyle& style) {
    const auto site = only_site(tree, path, locate(tree, path, FileKind::module), style);
    if (!site) {
        return site.problem();
    }
    const auto parents = parents_of(tree);
    const NodeId set = parents[site->binding];
    if (const NodeId reader = reader_of(tree, parents, site->binding); reader != no_node) {
        return refuse(tree, reader, "used", "`" + joined(path) + "` is read here by its name",
                      "change that first");
    }
    return finish(tree, remove_from(tree, set, {site->binding}), {.removed = 1});
}

} // namespace agentd::proposals::nix
