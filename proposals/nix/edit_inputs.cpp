#include "proposals/nix/edit_parts.hpp"

#include "proposals/nix/lexer.hpp"
#include "proposals/nix/names.hpp"

#include "proposals/nix_text.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

using core::Done;
using core::Problem;

namespace {

std::vector<std::string> input_path(std::string_view name, std::string_view field = {}) {
    std::vector<std::string> out{"inputs", std::string(name)};
    if (!field.empty()) {
        out.emplace_back(field);
    }
    return out;
}

Problem no_flake(const Tree& tree) {
    return refuse(tree, tree.root(), "not_a_module", "the file is no flake: it is no set");
}

bool is_flake(const Tree& tree) {
    return tree.kind(tree.root()) == NodeKind::set;
}

/// The pattern of `outputs = { self, … }: …`, or no_node.
NodeId outputs_pattern(const Tree& tree) {
    const std::vector<std::string> path{"outputs"};
    const Located found = locate(tree, path, FileKind::plain);
    if (found.exact.size() != 1) {
        return no_node;
    }
    const NodeId value = bare(tree, found.exact.front().value);
    if (tree.kind(value) != NodeKind::lambda || tree.kind(tree.first(value)) != NodeKind::pattern) {
        return no_node;
    }
    return tree.first(value);
}

struct Formals {
    std::vector<NodeId> formals{};
    bool open{}; ///< has `...`
};

Formals formals_of(const Tree& tree, NodeId pattern) {
    Formals out;
    for (const NodeId item : tree.children(pattern)) {
        if (tree.kind(item) == NodeKind::formal) {
            out.formals.push_back(item);
        }
        out.open = out.open || tree.kind(item) == NodeKind::ellipsis;
    }
    return out;
}

/// `outputs` that takes only what it names takes the new input as well.
void draft_output_argument(const Tree& tree, const std::string& name, Draft& draft) {
    const NodeId pattern = outputs_pattern(tree);
    if (pattern == no_node) {
        return;
    }
    const Formals formals = formals_of(tree, pattern);
    if (formals.open || formals.formals.empty()) {
        return;
    }
    const NodeId last = formals.formals.back();
    std::string gap = ", ";
    if (formals.formals.size() > 1) {
        const NodeId previous = formals.formals[formals.formals.size() - 2];
        const std::uint32_t from = tree.end(previous);
        if (comments_in(tree.source(), from, tree.start(last)).empty()) {
            gap = tree.source().substr(from, tree.start(last) - from);
        }
    }
    draft.splices.push_back({.start = tree.end(last), .end = tree.end(last), .text = gap + name});
    draft.expected.inserted += 1;
}

/// Of the inputs beside it: `x.url = …` rather than `x = { url = …; }`.
bool dotted_beside(const Tree& tree, const Spot& spot) {
    std::size_t dotted = 0;
    std::size_t nested = 0;
    const std::size_t names = spot.names.size(); // of `[inputs.]name.url`
    for (NodeId item = tree.first(spot.set); item != no_node; item = tree[item].next) {
        if (tree.kind(item) != NodeKind::binding) {
            continue;
        }
        const auto own = path_texts(tree, tree.first(item));
        if (names == 3 && own.front() != "inputs") {
            continue;
        }
        dotted += own.size() >= names ? 1 : 0;
        nested += own.size() + 1 == names ? 1 : 0;
    }
    return dotted >= nested;
}

std::optional<std::size_t> behind_description(const Tree& tree) {
    const auto items = tree.children(tree.root());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (tree.kind(items[i]) == NodeKind::binding &&
            tree.text(tree.first(items[i])) == "description") {
            return i;
        }
    }
    return std::nullopt;
}

std::string input_text(const Tree& tree, const Spot& spot, const Input& input) {
    const Layout layout(tree.source());
    const std::vector<std::string> name(spot.names.begin(), spot.names.end() - 1);
    const std::string url = "url = " + nix_string(input.url) + ";";
    if (dotted_beside(tree, spot) && input.follows.empty()) {
        return joined(name) + "." + url;
    }
    std::string out = joined(name) + " = {\n  " + url + "\n";
    for (const std::string& other : input.follows) {
        out += "  inputs." + nix_name(other) + ".follows = " + nix_string(other) + ";\n";
    }
    return out + "};";
}

} // namespace

EditResult add_input(const Tree& tree, const Input& input) {
    if (!is_flake(tree)) {
        return no_flake(tree);
    }
    if (!is_nix_identifier(input.name) || input.url.empty()) {
        return Problem{.code = "bad_text",
                       .message = quoted(input.name) + " is no name of a flake input"};
    }
    const auto whole = input_path(input.name);
    const Located here = locate(tree, whole, FileKind::plain);
    if (!here.exact.empty() || !here.below.empty()) {
        const NodeId node = here.exact.empty() ? here.below.front() : here.exact.front().binding;
        return refuse(tree, node, "exists",
                      "the input " + quoted(input.name) + " is there already");
    }
    if (!here.obstacles.empty()) {
        return refuse(tree, here.obstacles.front().node, "opaque",
                      "the inputs are computed here, and cannot be added to");
    }
    const auto path = input_path(input.name, "url");
    auto spot = spot_for(tree, path, locate(tree, path, FileKind::plain), {});
    if (!spot) {
        return spot.problem();
    }
    if (!spot->related && spot->set == tree.root()) {
        spot->after = behind_description(tree); // the first input: before `outputs`
    }
    Draft draft{.expected = {.inserted = 1}};
    draft.splices.push_back(put_at(tree, *spot, input_text(tree, *spot, input)));
    draft_output_argument(tree, input.name, draft);
    return finish(tree, std::move(draft.splices), draft.expected);
}

EditResult set_input_url(const Tree& tree, std::string_view name, std::string_view url) {
    const auto path = input_path(name, "url");
    const auto whole = input_path(name);
    const Located found = locate(tree, path, FileKind::plain);
    if (found.exact.empty()) {
        const Located input = locate(tree, whole, FileKind::plain);
        const bool there = !input.exact.empty() || !input.below.empty();
        return Problem{.code = there ? "no_url" : "absent",
                       .message = there ? "the input " + quoted(name) + " has no `url`"
                                        : "there is no input " + quoted(name)};
    }
    const auto site = only_site(tree, path, found, {});
    if (!site) {
        return site.problem();
    }
    const NodeId old = bare(tree, site->value);
    const bool bare_url = tree.kind(old) == NodeKind::uri;
    if (!bare_url && !plain_string(tree, old)) {
        return refuse(tree, old, "variable",
                      "the URL of the input " + quoted(name) + " is computed here");
    }
    const Lexed lexed = lex(url);
    const bool can_be_bare =
        lexed.tokens.size() == 2 && lexed.tokens.front().kind == TokenKind::uri;
    const std::string text = bare_url && can_be_bare ? std::string(url) : nix_string(url);
    if (tree.text(old) == text) {
        return finish(tree, {}, {});
    }
    return finish(tree, {{.start = tree.start(old), .end = tree.end(old), .text = text}},
                  {.inserted = 1, .removed = 1});
}

namespace {

/// What in the file still needs the input: a `follows`, or a use in `outputs`.
std::optional<Problem> needed(const Tree& tree, const std::string& name) {
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeKind kind = tree.kind(id);
        if (kind == NodeKind::binding) {
            const auto names = path_texts(tree, tree.first(id));
            const auto text = plain_string(tree, tree[tree.first(id)].next);
            if (names.back() == "follows" && text &&
                (*text == name || text->starts_with(name + "/"))) {
                return refuse(tree, id, "followed", "another input follows " + quoted(name));
            }
        }
        const bool looked_up = kind == NodeKind::identifier && tree.text(id) == name;
        const bool selected = kind == NodeKind::select &&
                              attr_text(tree, tree.first(tree[tree.first(id)].next)) == name;
        bool inherited = false;
        if (kind == NodeKind::inherit || kind == NodeKind::inherit_from) {
            for (const NodeId attr : tree.children(id)) {
                inherited = inherited ||
                            (tree.kind(attr) == NodeKind::attr_name && tree.text(attr) == name);
            }
        }
        if (looked_up || selected || inherited) {
            return refuse(tree, id, "used", "the input " + quoted(name) + " is still used here");
        }
    }
    return std::nullopt;
}

core::Result<Done> draft_formal_removal(const Tree& tree, const std::string& name, Draft& draft) {
    const NodeId pattern = outputs_pattern(tree);
    const Formals formals = pattern == no_node ? Formals{} : formals_of(tree, pattern);
    for (std::size_t i = 0; i < formals.formals.size(); ++i) {
        const NodeId formal = formals.formals[i];
        if (tree.text(formal) != name) {
            continue;
        }
        std::uint32_t from = tree.start(formal);
        std::uint32_t to = tree.end(formal);
        if (i > 0) {
            from = tree.end(formals.formals[i - 1]);
        } else if (tree[formal].next != no_node) {
            to = tree.start(tree[formal].next);
        }
        if (!comments_in(tree.source(), from, to).empty()) {
            return refuse(tree, formal, "comment_inside",
                          "a comment beside this argument would be lost");
        }
        draft.splices.push_back({.start = from, .end = to, .text = {}});
        draft.expected.removed += 1;
    }
    return Done{};
}

} // namespace

EditResult remove_input(const Tree& tree, std::string_view name) {
    const std::string wanted(name);
    const auto whole = input_path(name);
    const Located found = locate(tree, whole, FileKind::plain);
    if (found.exact.empty() && found.below.empty()) {
        return Problem{.code = "absent", .message = "there is no input " + quoted(name)};
    }
    if (const auto problem = needed(tree, wanted)) {
        return *problem;
    }
    Draft draft;
    const auto parents = parents_of(tree);
    const auto remove = [&](NodeId binding) {
        draft.splices.push_back(remove_from(tree, parents[binding], {binding}).front());
        draft.expected.removed += 1;
    };
    for (const Site& site : found.exact) {
        remove(site.binding);
    }
    std::for_each(found.below.begin(), found.below.end(), remove);
    if (const auto done = draft_formal_removal(tree, wanted, draft); !done) {
        return done.problem();
    }
    return finish(tree, std::move(draft.splices), draft.expected);
}

} // namespace agentd::proposals::nix
