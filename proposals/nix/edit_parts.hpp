/// @file
/// What the edits share: texts that were given, the one site of a path, arguments, insertion.
#pragma once

#include "proposals/nix/layout.hpp"
#include "proposals/nix/locate.hpp"
#include "proposals/nix/splice.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals::nix {

/// `text` is one expression; `bad_text` otherwise. Without blanks and comments around.
core::Result<std::string> given_expression(std::string_view text);
/// The same for what stands as an element of a list or an argument: put in parentheses where it
/// has to be.
std::string as_argument(const std::string& expression);

/// A comment stands inside of the node.
bool holds_comment(const Tree& tree, NodeId node);

/// The one binding of a path. Problems: `absent`, `several`, `conditional`, `has_parts`,
/// `inherited`, `opaque`.
core::Result<Site> only_site(const Tree& tree, Names path, const Located& found,
                             const EditStyle& style);

/// What an edit has come to so far.
struct Draft {
    std::vector<Splice> splices{};
    Expected expected{};
    bool tight{}; ///< of EditStyle
};

/// Where a binding of `path` goes, and the names it has there.
struct Spot {
    NodeId set{no_node};
    std::optional<std::size_t> after{};
    std::vector<std::string> names{}; ///< what of the path is left, `config` before it if needed
    bool related{};                   ///< shares a name with the item before it
};
core::Result<Spot> spot_for(const Tree& tree, Names path, const Located& found,
                            const EditStyle& style);
/// `item` (`a.b = 1;`) at the spot: a first item of a file's own set is put on a line of its own.
Splice put_at(const Tree& tree, const Spot& spot, const std::string& item);
/// The names of a binding and its value, as they are written.
std::string spelled(const std::vector<std::string>& names, std::string_view expression);

/// The function whose argument a name at `node` may become: the innermost one that takes `{ … }`
/// with `...`; no_node when there is none.
NodeId open_function(const Tree& tree, const std::vector<NodeId>& parents, NodeId node);
/// Adds the argument; to the whole file's function where `function` is no_node.
core::Result<core::Done> draft_formal(const Tree& tree, NodeId function, std::string_view name,
                                      Draft& draft);

} // namespace agentd::proposals::nix
