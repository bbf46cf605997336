#include "proposals/nix/edit_lists.hpp"

#include "proposals/nix_text.hpp"

#include "agentd/core/text.hpp"

namespace agentd::proposals::nix {

using core::Problem;

namespace {

const std::vector<std::string>& imports_path() {
    static const std::vector<std::string> path{"imports"};
    return path;
}

bool from_root(std::string_view function) {
    return core::to_lower(function).find("root") != std::string::npos;
}

/// How the import is written in such a list; empty where it cannot be.
std::string spelling_in(const ListPlace& place, const Import& import) {
    if (place.form == ListPlace::Form::list) {
        return import.relative;
    }
    return place.form == ListPlace::Form::mapped && from_root(place.function) &&
                   !import.from_root.empty()
               ? nix_string(import.from_root)
               : "";
}

/// The elements that stand in the same folder as `text`: the import belongs to them.
std::size_t neighbours(const Tree& tree, NodeId list, std::string_view text) {
    const auto folder = text.substr(0, text.rfind('/') + 1);
    std::size_t out = 0;
    for (NodeId item = tree.first(list); item != no_node; item = tree[item].next) {
        const auto other = tree.text(item);
        out += other.substr(0, other.rfind('/') + 1) == folder ? 1 : 0;
    }
    return out;
}

core::Result<core::Done> check_import(const Import& import) {
    const auto read = parse(import.relative);
    const auto* tree = std::get_if<Tree>(&read);
    if (tree == nullptr || tree->kind(tree->root()) != NodeKind::path ||
        tree->first(tree->root()) != no_node || !import.relative.starts_with('.')) {
        return Problem{.code = "bad_text",
                       .message = quoted(import.relative) + " is no path to a file beside this one",
                       .hint = "for example ./x.nix"};
    }
    return core::Done{};
}

/// The first import of a file: before all else that the set says.
EditResult first_import(const Tree& tree, const Located& found, const Import& import) {
    for (const Container& container : found.containers) {
        if (container.depth != 0 || container.condition != no_node) {
            continue;
        }
        const auto items = tree.children(container.set);
        Spot spot{.set = container.set, .names = imports_path()};
        Splice splice = put_at(tree, spot, "imports = [ " + import.relative + " ];");
        const Layout layout(tree.source());
        const std::string end(layout.line_end());
        const auto between =
            items.size() < 2
                ? std::string_view()
                : std::string_view(tree.source())
                      .substr(tree.end(items[0]), tree.start(items[1]) - tree.end(items[0]));
        if (splice.text.starts_with(end) && between.find(end + end) != std::string_view::npos) {
            splice.text += end;
        }
        return finish(tree, {splice}, {.inserted = 1});
    }
    return refuse(tree, tree.root(), "not_a_module",
                  "the file is no set of options that could import something");
}

} // namespace

EditResult add_import(const Tree& tree, const Import& import, const EditStyle& style) {
    if (const auto done = check_import(import); !done) {
        return done.problem();
    }
    const Located found = locate(tree, imports_path(), FileKind::module);
    if (found.exact.empty() && found.obstacles.empty()) {
        return first_import(tree, found, import);
    }
    const PathLists lists = lists_at(tree, parents_of(tree), found);
    const ListPlace* best = nullptr;
    std::size_t most = 0;
    for (const ListPlace& place : lists.places) {
        const std::string text = spelling_in(place, import);
        if (text.empty() || place.condition != no_node) {
            continue;
        }
        if (find_element(tree, place.node, text) != no_node) {
            return finish(tree, {}, {});
        }
        const std::size_t here = neighbours(tree, place.node, text);
        if (best == nullptr || here > most) {
            best = &place;
            most = here;
        }
    }
    if (best != nullptr) {
        return finish(tree, put_element(tree, best->node, spelling_in(*best, import), style),
                      {.inserted = 1});
    }
    if (!lists.places.empty()) {
        return refuse(tree, lists.places.front().node, "other_import_form",
                      "the imports are made by a function here: " +
                          quoted(lists.places.front().function));
    }
    const NodeId node = lists.opaque != no_node ? lists.opaque : tree.root();
    return refuse(tree, node, "discovered",
                  "the imports are no list that is written out here: " + quoted(tree.text(node)),
                  "where they are found by reading a folder, the file has only to be there");
}

EditResult remove_import(const Tree& tree, const Import& import, const EditStyle& style) {
    if (const auto done = check_import(import); !done) {
        return done.problem();
    }
    const Located found = locate(tree, imports_path(), FileKind::module);
    for (const ListPlace& place : lists_at(tree, parents_of(tree), found).places) {
        const std::string text = spelling_in(place, import);
        const NodeId item = text.empty() ? no_node : find_element(tree, place.node, text);
        if (item != no_node && (place.condition == no_node || style.inside_conditions)) {
            return finish(tree, remove_from(tree, place.node, {item}), {.removed = 1});
        }
    }
    return Problem{.code = "absent", .message = quoted(import.relative) + " is not imported here"};
}

} // namespace agentd::proposals::nix
