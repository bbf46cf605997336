/// @file
/// Elements of the lists that make up one value: shared by the edits of lists and of imports.
#pragma once

#include "proposals/nix/edit_parts.hpp"
#include "proposals/nix/places.hpp"

#include <vector>

namespace agentd::proposals::nix {

/// All lists of all bindings of a path.
struct PathLists {
    std::vector<ListPlace> places{};
    NodeId opaque{no_node};
    bool variable{};
};
PathLists lists_at(const Tree& tree, const std::vector<NodeId>& parents, const Located& found);

/// The element among the items, as often as it is there: names as text, strings by what they say.
std::vector<NodeId> find_elements(const Tree& tree, NodeId parent, std::string_view text);
/// The first of them, or no_node.
NodeId find_element(const Tree& tree, NodeId parent, std::string_view text);

/// The element behind the last, or in order where the elements stand in order, one a line.
std::vector<Splice> put_element(const Tree& tree, NodeId parent, const std::string& text,
                                const EditStyle& style);

} // namespace agentd::proposals::nix
