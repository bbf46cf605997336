/// @file
/// What the names and plain strings of a tree say, however they are spelled.
#pragma once

#include "proposals/nix/tree.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace agentd::proposals::nix {

/// The expression inside of all parentheses around it.
NodeId bare(const Tree& tree, NodeId expression);

/// What a `string` without interpolation evaluates to; nullopt for any other node. Of an
/// `indented` one only when it is one line without escapes.
std::optional<std::string> plain_string(const Tree& tree, NodeId node);

/// The name of an attribute as written in an `attr_path` or an `inherit`: `a`, `"a"` and
/// `${"a"}` are the same. nullopt when it is computed.
std::optional<std::string> attr_text(const Tree& tree, NodeId attr);

/// The names of an `attr_path`; where one is computed, nullopt.
std::vector<std::optional<std::string>> path_texts(const Tree& tree, NodeId attr_path);

/// Before a name that is one `${…}` where it stands for itself, as it is written. No name that
/// anybody gives holds it.
constexpr char computed_mark = '\x01';
/// The same; a name that is one `${…}` stands for itself, behind the mark: a path that is looked
/// for may hold it too.
std::vector<std::optional<std::string>> path_words(const Tree& tree, NodeId attr_path);

/// `a.b."c d"`: for people, and valid Nix on the left of `=`; what is behind the mark stays as
/// it is.
std::string joined(std::span<const std::string> names);

} // namespace agentd::proposals::nix
