// What a list holds: the places of an option's elements, and one element among them.
#include "proposals/nix/edit_lists.hpp"

#include "proposals/nix/names.hpp"

namespace agentd::proposals::nix {

PathLists lists_at(const Tree& tree, const std::vector<NodeId>& parents, const Located& found) {
    PathLists out;
    for (const Site& site : found.exact) {
        ListPlaces lists = lists_of(tree, parents, site);
        out.places.insert(out.places.end(), lists.places.begin(), lists.places.end());
        if (out.opaque == no_node && lists.opaque != no_node) {
            out.opaque = lists.opaque;
            out.variable = lists.variable;
        }
    }
    return out;
}

namespace {

/// The same tokens, however they are laid out.
bool same_words(const Tree& tree, NodeId item, const Tree& wanted) {
    const auto first = tree[item].first_token;
    const auto count = tree[item].end_token - first;
    if (count != wanted[wanted.root()].end_token - wanted[wanted.root()].first_token) {
        return false;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        if (tree.text(tree.tokens()[first + i]) != wanted.text(wanted.tokens()[i])) {
            return false;
        }
    }
    return true;
}

} // namespace

std::vector<NodeId> find_elements(const Tree& tree, NodeId parent, std::string_view text) {
    std::vector<NodeId> out;
    const auto given = parse(std::string(text));
    const auto* wanted = std::get_if<Tree>(&given);
    const auto said = wanted == nullptr ? std::nullopt : plain_string(*wanted, wanted->root());
    for (const NodeId item : sequence_of(tree, parent).items) {
        if (tree.text(item) == text || (wanted != nullptr && same_words(tree, item, *wanted)) ||
            (said && plain_string(tree, bare(tree, item)) == said)) {
            out.push_back(item);
        }
    }
    return out;
}

NodeId find_element(const Tree& tree, NodeId parent, std::string_view text) {
    const auto found = find_elements(tree, parent, text);
    return found.empty() ? no_node : found.front();
}

} // namespace agentd::proposals::nix
