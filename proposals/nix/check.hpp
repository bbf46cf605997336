/// @file
/// What Nix refuses in a text although it has the grammar of Nix.
#pragma once

#include "proposals/nix/tree.hpp"

#include <optional>
#include <string>

namespace agentd::proposals::nix {

enum class RuleKind : std::uint8_t {
    duplicate_attribute, ///< the same name twice in one set or `let`, that cannot be merged
    duplicate_argument,  ///< the same name twice in `{ a, a }:` or `a@{ a }:`
    computed_in_let,     ///< `let ${x} = …;`
    computed_in_inherit, ///< `inherit ${x};`
};

struct Violation {
    RuleKind kind{};
    NodeId node{no_node};            ///< the second of the two
    Position at{};                   ///< where it stands
    std::optional<Position> first{}; ///< where the first stands
    std::string name{};

    /// `line 3, column 5: `a.b` is defined already at line 1, column 3`
    std::string message() const;
};

/// The first violation in the order of the text's nodes, by the rules of Nix 2.26 to 2.34: sets
/// that are written out are merged, however deep (`a.b = 1; a = { c = 2; }`). Nix 2.8 merges only
/// one level and refuses more. Variables that nothing binds are not looked for.
std::optional<Violation> check(const Tree& tree);

} // namespace agentd::proposals::nix
