#include "proposals/nix/edit_parts.hpp"

#include "proposals/nix/lexer.hpp"

#include "proposals/nix_text.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

using core::Done;
using core::Problem;

namespace {

NodeId ellipsis_of(const Tree& tree, NodeId pattern) {
    for (NodeId item = tree.first(pattern); item != no_node; item = tree[item].next) {
        if (tree.kind(item) == NodeKind::ellipsis) {
            return item;
        }
    }
    return no_node;
}

bool has_formal(const Tree& tree, NodeId pattern, std::string_view name) {
    for (NodeId item = tree.first(pattern); item != no_node; item = tree[item].next) {
        if (tree.kind(item) != NodeKind::ellipsis &&
            tree.text(tree.tokens()[tree[item].first_token]) == name) {
            return true;
        }
    }
    return false;
}

Splice insertion(std::size_t at, std::string text) {
    const auto offset = static_cast<std::uint32_t>(at);
    return {.start = offset, .end = offset, .text = std::move(text)};
}

/// Before the `...`, as the arguments before it stand.
Splice formal_before(const Tree& tree, NodeId pattern, NodeId ellipsis, std::string_view name) {
    NodeId last = no_node;
    for (NodeId item = tree.first(pattern); item != no_node; item = tree[item].next) {
        last = tree.kind(item) == NodeKind::formal ? item : last;
    }
    const std::uint32_t stop = tree.start(ellipsis);
    const Layout layout(tree.source());
    if (last != no_node && comments_in(tree.source(), tree.end(last), stop).empty()) {
        const auto gap =
            std::string_view(tree.source()).substr(tree.end(last), stop - tree.end(last));
        return insertion(tree.end(last), std::string(gap) + std::string(name));
    }
    if (layout.starts_line(stop)) {
        return insertion(stop, std::string(name) + "," + std::string(layout.line_end()) +
                                   std::string(layout.indent_of(stop)));
    }
    return insertion(stop, std::string(name) + ", ");
}

/// alejandra lets one name stand on the line of its braces, and two not: `{lib, ...}` is opened.
/// Empty where it is no such line.
std::vector<Splice> opened(const Tree& tree, NodeId pattern, NodeId ellipsis,
                           std::string_view name) {
    const Layout layout(tree.source());
    const auto items = tree.children(pattern);
    const std::uint32_t start = tree.start(pattern);
    const bool fits = items.size() > 1 && items.back() == ellipsis &&
                      tree.start(items.front()) == start + 1 &&
                      tree.text(pattern).ends_with("...}") &&
                      tree.text(pattern).find_first_of("\n#*") == std::string_view::npos;
    if (!fits) {
        return {};
    }
    const std::string line = std::string(layout.line_end()) + std::string(layout.indent_of(start));
    const std::string inner = line + std::string(layout.step());
    std::vector<Splice> out{insertion(start + 1, inner)};
    for (std::size_t i = 1; i < items.size(); ++i) {
        const std::uint32_t comma = tree.tokens()[tree[items[i - 1]].end_token].end;
        const std::string new_one = items[i] == ellipsis ? inner + std::string(name) + "," : "";
        out.push_back({.start = comma, .end = tree.start(items[i]), .text = new_one + inner});
    }
    out.push_back(insertion(tree.end(ellipsis), line));
    return out;
}

/// The function that the whole file is, or no_node.
NodeId outer_function(const Tree& tree) {
    NodeId node = tree.root();
    for (;;) {
        const NodeKind kind = tree.kind(node);
        if (kind == NodeKind::lambda) {
            return node;
        }
        if (kind != NodeKind::paren && kind != NodeKind::let_in && kind != NodeKind::with &&
            kind != NodeKind::assertion) {
            return no_node;
        }
        node = tree.last(node);
    }
}

} // namespace

NodeId open_function(const Tree& tree, const std::vector<NodeId>& parents, NodeId node) {
    for (NodeId scope = parents[node]; scope != no_node; scope = parents[scope]) {
        if (tree.kind(scope) == NodeKind::lambda &&
            tree.kind(tree.first(scope)) == NodeKind::pattern &&
            ellipsis_of(tree, tree.first(scope)) != no_node) {
            return scope;
        }
    }
    return no_node;
}

core::Result<Done> draft_formal(const Tree& tree, NodeId function, std::string_view name,
                                Draft& draft) {
    if (!is_nix_identifier(name)) {
        return Problem{.code = "bad_text", .message = quoted(name) + " is no name of an argument"};
    }
    function = function == no_node ? outer_function(tree) : function;
    if (function == no_node) {
        const Layout layout(tree.source());
        const std::string head =
            draft.tight ? "{" + std::string(name) + ", ...}: "
                        : "{ " + std::string(name) + ", ... }:" + std::string(layout.line_end());
        draft.splices.push_back(insertion(tree.start(tree.root()), head));
        draft.expected.inserted += 1;
        draft.expected.new_function = true;
        return Done{};
    }
    const NodeId pattern = tree.first(function);
    if (tree.text(pattern) == "_" && tree.kind(pattern) == NodeKind::identifier) {
        const std::string formals = std::string(name) + ", ...";
        draft.splices.push_back(
            {.start = tree.start(pattern),
             .end = tree.end(pattern),
             .text = draft.tight ? "{" + formals + "}" : "{ " + formals + " }"});
        draft.expected.inserted += 1;
        draft.expected.removed += 1;
        return Done{};
    }
    if (tree.kind(pattern) != NodeKind::pattern) {
        return refuse(tree, pattern, "no_arguments",
                      "the function takes all its arguments as one, by the name " +
                          quoted(tree.text(pattern)));
    }
    if (has_formal(tree, pattern, name)) {
        return Done{};
    }
    const NodeId ellipsis = ellipsis_of(tree, pattern);
    if (ellipsis == no_node) {
        return refuse(tree, pattern, "closed_arguments",
                      "the function takes the arguments it names and no others (no `...`)");
    }
    auto splices = draft.tight ? opened(tree, pattern, ellipsis, name) : std::vector<Splice>{};
    if (splices.empty()) {
        splices.push_back(formal_before(tree, pattern, ellipsis, name));
    }
    draft.splices.insert(draft.splices.end(), splices.begin(), splices.end());
    draft.expected.inserted += 1;
    return Done{};
}

EditResult add_formal(const Tree& tree, std::string_view name, const EditStyle& style,
                      NodeId function) {
    Draft draft{.tight = style.tight};
    if (const auto done = draft_formal(tree, function, name, draft); !done) {
        return done.problem();
    }
    return finish(tree, std::move(draft.splices), draft.expected);
}

namespace {

core::Result<std::string> heading_text(std::span<const std::string> arguments,
                                       const Heading& heading) {
    if (arguments.empty()) {
        return heading.none.empty() ? "" : heading.none + heading.gap;
    }
    std::string out = heading.tight ? "{" : "{ ";
    for (const std::string& name : arguments) {
        if (!is_nix_identifier(name)) {
            return Problem{.code = "bad_text",
                           .message = quoted(name) + " is no name of an argument"};
        }
        out += name + ", ";
    }
    return out + (heading.tight ? "...}:" : "... }:") + heading.gap;
}

/// What all but the last names of a binding are, where that is a thing of its own.
std::span<const std::string> above(const NewBinding& binding) {
    return std::span(binding.path).first(binding.path.size() > 2 ? binding.path.size() - 1 : 0);
}

bool same(std::span<const std::string> one, std::span<const std::string> other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end());
}

/// One item of the new set: a binding, or the set of those that stand below the same names.
std::string item_of(std::span<const NewBinding> together) {
    if (together.size() == 1) {
        return spelled(together.front().path, together.front().expression);
    }
    std::string inside = "{\n";
    for (const NewBinding& binding : together) {
        inside += "  " +
                  Layout("").fitted(spelled({binding.path.back()}, binding.expression), "  ") +
                  "\n";
    }
    const auto names = above(together.front());
    return spelled({names.begin(), names.end()}, inside + "}");
}

} // namespace

core::Result<std::string> create_file(std::span<const std::string> arguments,
                                      std::span<const NewBinding> bindings,
                                      const Heading& heading) {
    auto head = heading_text(arguments, heading);
    if (!head) {
        return head.problem();
    }
    for (const NewBinding& binding : bindings) {
        const auto given = given_expression(binding.expression);
        if (!given || binding.path.empty()) {
            return given ? Problem{.code = "bad_text", .message = "a binding without a name"}
                         : given.problem();
        }
    }
    std::string out = *head + "{\n";
    for (std::size_t i = 0; i < bindings.size();) {
        std::size_t end = i + 1;
        while (end < bindings.size() && !above(bindings[i]).empty() &&
               same(above(bindings[i]), above(bindings[end]))) {
            ++end;
        }
        out += "  " + Layout("").fitted(item_of(bindings.subspan(i, end - i)), "  ") + "\n";
        i = end;
    }
    return given_expression(out + "}\n").has_value()
               ? core::Result<std::string>(out + "}\n")
               : Problem{.code = "bad_text", .message = "what was given makes no module"};
}

} // namespace agentd::proposals::nix
