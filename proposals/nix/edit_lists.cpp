#include "proposals/nix/edit_lists.hpp"

#include "proposals/nix/lexer.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

using core::Problem;

namespace {

/// The option's bindings; without a path the file itself is the list, whatever is around it.
Located located(const Tree& tree, Names path) {
    if (!path.empty()) {
        return locate(tree, path, FileKind::module);
    }
    NodeId body = tree.root();
    for (NodeKind kind = tree.kind(body); kind == NodeKind::lambda || kind == NodeKind::let_in ||
                                          kind == NodeKind::with || kind == NodeKind::paren;
         kind = tree.kind(body)) {
        body = tree.last(body);
    }
    return {.exact = {{.binding = tree.root(), .value = body}}};
}

std::string called(Names path) {
    return path.empty() ? "the list" : "`" + joined(path) + "`";
}

/// Behind which item a text goes: the last, but where three and more stand one a line in order.
std::optional<std::size_t> place_among(const Tree& tree, const Sequence& sequence,
                                       std::string_view text) {
    const std::size_t count = sequence.items.size();
    if (count == 0) {
        return std::nullopt;
    }
    const Layout layout(tree.source());
    bool ordered = count >= 3;
    for (std::size_t i = 0; ordered && i < count; ++i) {
        ordered = layout.starts_line(tree.start(sequence.items[i])) &&
                  tree.kind(sequence.items[i]) == tree.kind(sequence.items[0]) &&
                  (i == 0 || tree.text(sequence.items[i - 1]) < tree.text(sequence.items[i]));
    }
    std::size_t before = count;
    while (ordered && before > 0 && text < tree.text(sequence.items[before - 1])) {
        --before;
    }
    return before == 0 ? std::nullopt : std::optional(before - 1);
}

/// `[ a ]` with one more, one element a line.
std::vector<Splice> expanded(const Tree& tree, const Sequence& sequence, const std::string& text) {
    const Layout layout(tree.source());
    const std::string end(layout.line_end());
    const std::string indent(layout.indent_of(sequence.open_end));
    const std::string inner = end + indent + std::string(layout.step());
    std::vector<Splice> out;
    std::size_t from = sequence.open_end;
    for (const NodeId item : sequence.items) {
        out.push_back(
            {.start = static_cast<std::uint32_t>(from), .end = tree.start(item), .text = inner});
        from = tree.end(item);
    }
    const std::string own_indent = indent + std::string(layout.step());
    out.push_back({.start = static_cast<std::uint32_t>(from),
                   .end = static_cast<std::uint32_t>(sequence.close_start),
                   .text = inner + layout.fitted(text, own_indent) + end + indent});
    return out;
}

} // namespace

std::vector<Splice> put_element(const Tree& tree, NodeId parent, const std::string& text,
                                const EditStyle& style) {
    const Sequence sequence = sequence_of(tree, parent);
    const Layout layout(tree.source());
    const bool one_line = !layout.breaks_between(sequence.open_end, sequence.close_start);
    const bool commented =
        one_line && tree.source()
                            .substr(sequence.open_end, sequence.close_start - sequence.open_end)
                            .find("/*") != std::string::npos;
    if (style.expand_lists && one_line && !commented && !sequence.items.empty() &&
        tree.kind(parent) == NodeKind::list) {
        return expanded(tree, sequence, text);
    }
    return {insert_item(tree, sequence, place_among(tree, sequence, text), text)};
}

namespace {

/// How the element is written in one place, and whether that needs `pkgs` there.
struct Spelling {
    std::string text{};
    bool needs_pkgs{};
};

/// An element `name.x`.
bool holds_one_of(const Tree& tree, NodeId list, const std::string& name) {
    const auto items = tree.children(list);
    return std::any_of(items.begin(), items.end(), [&](NodeId item) {
        return tree.kind(item) == NodeKind::select && tree.text(item).starts_with(name + ".");
    });
}

Spelling spelling_in(const Tree& tree, const std::vector<NodeId>& parents, const ListPlace& place,
                     const Element& element) {
    if (!element.package || place.form == ListPlace::Form::inherited) {
        return {.text = element.text};
    }
    // A name that a function or a `let` binds hides what `with` brings.
    const auto first = element.text.substr(0, element.text.find('.'));
    const bool bound = binding_of(tree, parents, place.node, first).scope != no_node;
    if (place.with_pkgs && !bound) {
        return {.text = element.text};
    }
    if (bound && first != element.text && holds_one_of(tree, place.node, first)) {
        return {.text = element.text}; // `unstable.x` beside others of it
    }
    return {.text = "pkgs." + element.text,
            .needs_pkgs = binding_of(tree, parents, place.node, "pkgs").scope == no_node};
}

const ListPlace* first_place(const Tree& tree, const PathLists& lists, const Element& element,
                             const EditStyle& style) {
    const bool dotted = element.text.find('.') != std::string::npos;
    const ListPlace* best = nullptr;
    for (const ListPlace& place : lists.places) {
        const bool fits = place.form == ListPlace::Form::list ||
                          (place.form == ListPlace::Form::inherited && element.package && !dotted);
        const bool free =
            (place.condition == no_node || style.inside_conditions) &&
            (element.beside.empty() || find_element(tree, place.node, element.beside) != no_node);
        const auto order = [](const ListPlace& p) {
            return std::pair(p.condition != no_node, p.guards);
        };
        if (fits && free && (best == nullptr || order(place) < order(*best))) {
            best = &place;
        }
    }
    return best;
}

Problem no_place(const Tree& tree, Names path, const PathLists& lists) {
    const std::string name = called(path);
    for (const ListPlace& place : lists.places) {
        if (place.condition != no_node) {
            return refuse(tree, place.node, "conditional",
                          name + " has elements only under the condition " +
                              quoted(tree.text(place.condition)));
        }
    }
    if (lists.opaque != no_node) {
        return refuse(tree, lists.opaque, lists.variable ? "variable" : "not_a_list",
                      "the value of " + name + " is no list that is written out here: " +
                          quoted(tree.text(lists.opaque)),
                      "change it where it comes from");
    }
    return refuse(tree, lists.places.front().node, "not_a_list",
                  "the elements of " + name + " are made by a function here");
}

core::Result<Element> given_element(const Element& element) {
    auto text = given_expression(element.text);
    if (!text) {
        return text.problem();
    }
    const auto read = parse(*text);
    const Tree& tree = std::get<Tree>(read);
    const NodeKind kind = tree.kind(tree.root());
    if (element.package && kind != NodeKind::identifier && kind != NodeKind::select) {
        return Problem{.code = "bad_text", .message = quoted(*text) + " is no name of a package"};
    }
    return Element{.text = element.package ? *text : as_argument(*text),
                   .package = element.package,
                   .beside = element.beside};
}

/// The option has no binding here yet.
EditResult new_list(const Tree& tree, Names path, const Located& found, const Element& element,
                    const EditStyle& style) {
    const auto spot = spot_for(tree, path, found, style);
    if (!spot || !found.obstacles.empty() || !found.below.empty()) {
        // The refusal of an insertion says why.
        return insert_binding(tree, path, "[ " + element.text + " ]", style);
    }
    Draft draft{.expected = {.inserted = 1}, .tight = style.tight};
    const std::string text = (element.package ? "pkgs." : "") + element.text;
    draft.splices.push_back(put_at(
        tree, *spot, spelled(spot->names, style.tight ? "[" + text + "]" : "[ " + text + " ]")));
    const auto parents = parents_of(tree);
    if (element.package && binding_of(tree, parents, spot->set, "pkgs").scope == no_node) {
        const auto done =
            draft_formal(tree, open_function(tree, parents, spot->set), "pkgs", draft);
        if (!done) {
            return done.problem();
        }
    }
    return finish(tree, std::move(draft.splices), draft.expected);
}

std::vector<NodeId> present(const Tree& tree, const ListPlace& place, const Element& element) {
    const bool list = element.package && place.form == ListPlace::Form::list;
    auto found = list && !place.with_pkgs ? std::vector<NodeId>{}
                                          : find_elements(tree, place.node, element.text);
    if (list) {
        const auto spelled_out = find_elements(tree, place.node, "pkgs." + element.text);
        found.insert(found.end(), spelled_out.begin(), spelled_out.end());
        if (found.empty() && element.text.find('.') != std::string::npos) {
            found = find_elements(tree, place.node, element.text); // of a name that a `let` binds
        }
        std::sort(found.begin(), found.end());
    }
    return found;
}

} // namespace

EditResult add_element(const Tree& tree, Names path, const Element& element,
                       const EditStyle& style) {
    const auto given = given_element(element);
    if (!given) {
        return given.problem();
    }
    const Located found = located(tree, path);
    if (found.exact.empty()) {
        return new_list(tree, path, found, *given, style);
    }
    const auto parents = parents_of(tree);
    const PathLists lists = lists_at(tree, parents, found);
    for (const ListPlace& place : lists.places) {
        if (place.condition == no_node && !present(tree, place, *given).empty()) {
            return finish(tree, {}, {});
        }
    }
    const ListPlace* place = first_place(tree, lists, *given, style);
    if (place == nullptr) {
        return no_place(tree, path, lists);
    }
    const Spelling spelling = spelling_in(tree, parents, *place, *given);
    Draft draft{.splices = put_element(tree, place->node, spelling.text, style),
                .expected = {.inserted = 1},
                .tight = style.tight};
    if (spelling.needs_pkgs && path.empty()) {
        return refuse(tree, place->node, "no_arguments",
                      "`pkgs` is no argument of this file, and who reads it hands on what it takes",
                      "hand `pkgs` to it where it is read");
    }
    if (spelling.needs_pkgs) {
        const NodeId function = open_function(tree, parents, place->node);
        if (const auto done = draft_formal(tree, function, "pkgs", draft); !done) {
            return done.problem();
        }
    }
    return finish(tree, std::move(draft.splices), draft.expected);
}

EditResult remove_element(const Tree& tree, Names path, const Element& element,
                          const EditStyle& style) {
    const auto given = given_element(element);
    if (!given) {
        return given.problem();
    }
    const Located found = located(tree, path);
    const PathLists lists = lists_at(tree, parents_of(tree), found);
    std::optional<Problem> guarded;
    Draft draft;
    for (const ListPlace& place : lists.places) {
        const auto items = present(tree, place, *given);
        if (items.empty()) {
            continue;
        }
        if (place.condition != no_node && !style.inside_conditions) {
            guarded = refuse(tree, items.front(), "conditional",
                             quoted(given->text) + " is there only under the condition " +
                                 quoted(tree.text(place.condition)));
            continue;
        }
        auto splices = remove_from(tree, place.node, items);
        draft.splices.insert(draft.splices.end(), splices.begin(), splices.end());
        draft.expected.removed += items.size();
    }
    if (!draft.splices.empty()) {
        return finish(tree, std::move(draft.splices), draft.expected);
    }
    if (guarded) {
        return *guarded;
    }
    if (lists.opaque != no_node) {
        return no_place(tree, path, {.opaque = lists.opaque, .variable = lists.variable});
    }
    return Problem{.code = "absent",
                   .message = quoted(given->text) + " is not in " + called(path) + " here"};
}

} // namespace agentd::proposals::nix
