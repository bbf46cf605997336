/// @file
/// The lists that make up a value: written out, joined, under conditions, inherited names.
#pragma once

#include "proposals/nix/locate.hpp"

#include <string_view>
#include <vector>

namespace agentd::proposals::nix {

/// A list that is written out, or the names of `attrValues { inherit (pkgs) …; }`.
struct ListPlace {
    enum class Form : std::uint8_t { list, inherited, mapped };

    NodeId node{no_node}; ///< `list` or `inherit_from`
    Form form{Form::list};
    NodeId condition{no_node};
    std::size_t guards{};        ///< conditions inside of the value, beside that of its binding
    bool with_pkgs{};            ///< names are looked up in pkgs
    std::string_view function{}; ///< that `map` applies to each element
};

struct ListPlaces {
    std::vector<ListPlace> places{};
    NodeId opaque{no_node}; ///< the first part that is no list one could look into
    bool variable{};        ///< … because it is a variable
};

/// Of the value of `site`; a variable of this file's `let` is followed when nothing else uses it.
ListPlaces lists_of(const Tree& tree, const std::vector<NodeId>& parents, const Site& site);

} // namespace agentd::proposals::nix
