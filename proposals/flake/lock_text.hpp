/// @file
/// A flake.lock as a value, read strictly.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/flake/reference.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::flake {

/// Where an input of a node leads: to another node, or along names from the root.
struct Edge {
    std::string node{};                 ///< "" when it follows
    std::vector<std::string> follows{}; ///< names of inputs, from the root
    bool follow = false;
    friend bool operator==(const Edge&, const Edge&) = default;
};

struct Node {
    std::optional<Attributes> locked{};
    std::optional<Attributes> original{};
    bool flake = true;
    std::map<std::string, Edge> inputs{};
    /// Of a folder of a flake: names of inputs, from the root, to the one whose folder it is.
    std::optional<std::vector<std::string>> parent{};
};

struct LockText {
    std::string root{};
    std::map<std::string, Node> nodes{};
};

/// Problem `lock_unreadable`: no JSON (a key twice counts), another version than 5 to 7, a field
/// that Nix does not write, no root, more than 2,000 nodes. An edge may lead nowhere. `where` is
/// `path`.
core::Result<LockText> read_lock(std::string_view text, std::string_view path);

/// Which node the names lead to from the root, following as Nix does; nullptr when nowhere.
const Node* node_at(const LockText& lock, const std::vector<std::string>& names);

} // namespace agentd::proposals::flake
