/// @file
/// Where a Nix file says something of an option: through functions, `let`, `with`, `config =`,
/// `mkIf` and their like, nested and dotted.
#pragma once

#include "proposals/nix/tree.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::nix {

/// How the top of a file is understood.
enum class FileKind : std::uint8_t {
    module, ///< `config = { … }` at the top is the same as what is inside
    plain,  ///< a flake: names are what they are
};

/// One binding whose names end exactly at the wanted path.
struct Site {
    NodeId binding{no_node};
    NodeId value{no_node};
    NodeId condition{no_node}; ///< of the innermost mkIf, optionalAttrs or if around it
};

/// A written-out set that is reached by the first `depth` names.
struct Container {
    NodeId set{no_node};
    std::size_t depth{};
    NodeId condition{no_node};
    bool needs_config{}; ///< what is put in begins with `config.`
};

/// What stands where the path goes on, and cannot be looked into.
struct Obstacle {
    NodeId node{no_node};
    bool inherited{};
    NodeId condition{no_node};
};

struct Located {
    std::vector<Site> exact{};
    std::vector<NodeId> below{}; ///< bindings whose names go on from the path
    std::vector<Container> containers{};
    std::vector<Obstacle> obstacles{};
};

Located locate(const Tree& tree, std::span<const std::string> path, FileKind kind);
/// The same inside of one expression.
Located locate_in(const Tree& tree, NodeId expression, std::span<const std::string> path);

/// A call of a function of nixpkgs' lib by its last name, whatever stands before it.
struct Call {
    std::string_view name{}; ///< empty: no call, or of something without a name
    std::vector<NodeId> arguments{};
};
Call call_of(const Tree& tree, NodeId node);

/// What a wrapper hands on: the value of mkDefault, mkForce, mkOverride n, mkBefore, mkAfter,
/// mkOrder n; of mkIf and optionalAttrs with their condition. no_node for anything else.
struct Wrapped {
    NodeId value{no_node};
    NodeId condition{no_node};
};
Wrapped unwrap(const Tree& tree, NodeId node);

/// The parent of each node; no_node for the root.
std::vector<NodeId> parents_of(const Tree& tree);

/// What binds a name where `node` stands: a `let` or `rec` with the value it gives, or an argument
/// (`value` is no_node). `scope` is no_node when nothing does (a `with` does not count).
struct Bound {
    NodeId scope{no_node};
    NodeId value{no_node};
};
Bound binding_of(const Tree& tree, const std::vector<NodeId>& parents, NodeId node,
                 std::string_view name);
/// How many expressions look up that name, anywhere in the file; `inherit` counts.
std::size_t uses_of(const Tree& tree, std::string_view name);

} // namespace agentd::proposals::nix
