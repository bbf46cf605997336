#include "proposals/nix/edit_parts.hpp"

#include "proposals/nix/lexer.hpp"
#include "proposals/nix/names.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

using core::Problem;

core::Result<std::string> given_expression(std::string_view text) {
    std::string clean(core::trim(text));
    const auto read = parse(clean);
    if (const auto* error = std::get_if<SyntaxError>(&read)) {
        return Problem{.code = "bad_text",
                       .message = quoted(clean) + " is no Nix expression: " + error->message()};
    }
    const Tree& tree = std::get<Tree>(read);
    return std::string(tree.text(tree.root()));
}

std::string as_argument(const std::string& expression) {
    // In a list it is one element of the same span, or it is not.
    const auto read = parse("[ " + expression + " ]");
    if (const auto* tree = std::get_if<Tree>(&read)) {
        const NodeId element = tree->first(tree->root());
        if (element != no_node && (*tree)[element].next == no_node) {
            return expression;
        }
    }
    return "(" + expression + ")";
}

bool holds_comment(const Tree& tree, NodeId node) {
    const auto& tokens = tree.tokens();
    for (std::uint32_t i = tree[node].first_token; i + 1 < tree[node].end_token; ++i) {
        if (!comments_in(tree.source(), tokens[i].end, tokens[i + 1].start).empty()) {
            return true;
        }
    }
    return false;
}

namespace {

Problem conditional(const Tree& tree, NodeId at, NodeId condition, Names path) {
    return refuse(tree, at, "conditional",
                  "`" + joined(path) + "` stands only under the condition " +
                      quoted(tree.text(condition)),
                  "say that the case under the condition is meant, or set it where there is none");
}

Problem not_found(const Tree& tree, Names path, const Located& found) {
    if (!found.obstacles.empty()) {
        const Obstacle& first = found.obstacles.front();
        return first.inherited ? refuse(tree, first.node, "inherited",
                                        "`" + joined(path) + "` is inherited here, not written out")
                               : refuse(tree, first.node, "opaque",
                                        "what would hold `" + joined(path) +
                                            "` is computed here, and cannot be looked into");
    }
    if (!found.below.empty()) {
        return refuse(tree, found.below.front(), "has_parts",
                      "`" + joined(path) + "` is a set whose parts are bound by themselves");
    }
    return {.code = "absent",
            .message = "the file does not say anything of `" + joined(path) + "`"};
}

} // namespace

core::Result<Site> only_site(const Tree& tree, Names path, const Located& found,
                             const EditStyle& style) {
    std::vector<Site> free;
    for (const Site& site : found.exact) {
        if (site.condition == no_node) {
            free.push_back(site);
        }
    }
    if (free.empty() && !found.exact.empty() && !style.inside_conditions) {
        return conditional(tree, found.exact.front().binding, found.exact.front().condition, path);
    }
    if (free.empty()) {
        free = found.exact;
    }
    if (free.empty()) {
        return not_found(tree, path, found);
    }
    if (free.size() > 1) {
        return refuse(tree, free.back().binding, "several",
                      "`" + joined(path) +
                          "` is bound more than once in this file, first at line " +
                          std::to_string(tree.position(free.front().binding).line));
    }
    return free.front();
}

std::string spelled(const std::vector<std::string>& names, std::string_view expression) {
    return joined(names) + " = " + std::string(expression) + ";";
}

namespace {

/// A binding of the name `config` alone: nothing can stand beside what it says.
bool has_config(const Tree& tree, NodeId set) {
    for (NodeId item = tree.first(set); item != no_node; item = tree[item].next) {
        if (tree.kind(item) == NodeKind::binding) {
            const auto names = path_texts(tree, tree.first(item));
            if (names.size() == 1 && names.front() == "config") {
                return true;
            }
        }
    }
    return false;
}

std::size_t common_names(const Tree& tree, NodeId item, std::span<const std::string> names) {
    if (tree.kind(item) != NodeKind::binding) {
        return 0;
    }
    const auto own = path_words(tree, tree.first(item));
    std::size_t same = 0;
    while (same < own.size() && same < names.size() && own[same] == names[same]) {
        ++same;
    }
    return same;
}

struct Ranked {
    Spot spot{};
    std::size_t shared{}; ///< names of the path that are said already there
    std::size_t depth{};
};

Ranked rank(const Tree& tree, Names path, const Container& container) {
    Ranked out{.spot = {.set = container.set}, .depth = container.depth};
    if (container.needs_config) {
        out.spot.names.emplace_back("config");
    }
    const Names rest = path.subspan(container.depth);
    out.spot.names.insert(out.spot.names.end(), rest.begin(), rest.end());
    const auto items = tree.children(container.set);
    std::size_t best = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::size_t same = common_names(tree, items[i], out.spot.names);
        if (same >= best) {
            best = same;
            out.spot.after = i;
        }
    }
    out.spot.related = best > (container.needs_config ? 1U : 0U);
    out.shared = container.depth + best - (container.needs_config && best > 0 ? 1 : 0);
    return out;
}

} // namespace

core::Result<Spot> spot_for(const Tree& tree, Names path, const Located& found,
                            const EditStyle& style) {
    std::optional<Ranked> best;
    const Container* guarded = nullptr;
    for (const Container& container : found.containers) {
        if (container.depth >= path.size() ||
            (container.needs_config && has_config(tree, container.set))) {
            continue;
        }
        if (container.condition != no_node && !style.inside_conditions) {
            guarded = guarded == nullptr ? &container : guarded;
            continue;
        }
        Ranked here = rank(tree, path, container);
        if (!best || std::pair(here.shared, here.depth) > std::pair(best->shared, best->depth)) {
            best = std::move(here);
        }
    }
    if (best) {
        return std::move(best->spot);
    }
    if (guarded != nullptr) {
        return conditional(tree, guarded->set, guarded->condition, path);
    }
    return refuse(tree, tree.root(), "not_a_module",
                  "the file is no set of options that one could add to");
}

Splice put_at(const Tree& tree, const Spot& spot, const std::string& item) {
    const Layout layout(tree.source());
    const Sequence sequence = sequence_of(tree, spot.set);
    const std::string end(layout.line_end());
    const auto gap = std::string_view(tree.source())
                         .substr(sequence.open_end, sequence.close_start - sequence.open_end);
    if (sequence.items.empty() && gap.find_first_not_of(" \t") == std::string_view::npos &&
        layout.starts_line(tree.start(spot.set))) {
        const std::string indent(layout.indent_of(tree.start(spot.set)));
        const std::string inner = indent + std::string(layout.step());
        return {.start = static_cast<std::uint32_t>(sequence.open_end),
                .end = static_cast<std::uint32_t>(sequence.close_start),
                .text = end + inner + layout.fitted(item, inner) + end + indent};
    }
    Splice splice = insert_item(tree, sequence, spot.after, item);
    const std::size_t count = sequence.items.size();
    if (!spot.related && count > 1 && spot.after == count - 1 && splice.text.starts_with(end)) {
        // Where groups are apart by an empty line, a new group is, too.
        const auto between = std::string_view(tree.source())
                                 .substr(tree.end(sequence.items[count - 2]),
                                         tree.start(sequence.items[count - 1]) -
                                             tree.end(sequence.items[count - 2]));
        if (between.find(end + end) != std::string_view::npos) {
            splice.text.insert(0, end);
        }
    }
    return splice;
}

} // namespace agentd::proposals::nix
