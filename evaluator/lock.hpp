/// @file
/// The inputs of a flake as its flake.lock holds them, read by ourselves: Nix believes what a lock
/// says of a tree that is in the store already.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// An input that can be fetched again and compared.
struct LockedSource {
    core::StorePath path;            ///< where its hash puts it
    std::string origin{};            ///< who gives it: `github:nixos/nixpkgs`, `https://host`
    std::string attributes{};        ///< for `builtins.fetchTree`, without its hash
    std::string locked{};            ///< what the lock says of it, canonical
    std::string revision{};          ///< the beginning of it; "" where it has none
    std::vector<std::string> uris{}; ///< what a restricted evaluation has to be allowed
};

struct LockNode {
    std::string name{};
    std::string type{}; ///< of `locked`; as it says, which may be anything
    std::string hash{}; ///< the beginning of its narHash, likewise
    bool root = false;
    bool flake = true; ///< false: only its files are an input
    /// By the name that it gives them, as the lock says: JSON of a node's name, or of a path of
    /// names from the root.
    std::map<std::string, std::string> inputs{};
    std::string text{}; ///< `locked` and `original`, canonical: equal when nothing changed
    std::optional<LockedSource> source{}; ///< nullopt for the root and for folders of the flake
    std::optional<core::Problem> problem{};
};

/// Of the text of a flake.lock; "" has no inputs. Problem `lock_unreadable`. Those of the nodes:
/// `input_type` (no kind that can be fetched by a revision or hash), `unlocked_input`,
/// `lock_mismatch` (`locked` is from elsewhere than `original`).
core::Result<std::vector<LockNode>> parse_lock(std::string_view text);

/// An input of the candidate that has to be looked at.
struct SourceWanted {
    std::string name{};
    LockedSource source;
    std::string before{}; ///< the base's revision of the input of that name
    bool changed = false; ///< the base does not have it so: it counts only once it was fetched
};

/// Every input of the candidate, those of the base among them. What is new may only come from where
/// the base's inputs come from, or from `origins` (`github:nixos`, `https://host`). Problems:
/// `input_origin`, and those of the nodes.
core::Result<std::vector<SourceWanted>> sources_of(const std::vector<LockNode>& base,
                                                   const std::vector<LockNode>& candidate,
                                                   const std::vector<std::string>& origins);

/// `/nix/store/…-<name>` of a tree with this hash (`sha256-<base64>`); nullopt when it is none.
std::optional<core::StorePath> source_path(std::string_view nar_hash,
                                           std::string_view name = "source");

} // namespace agentd::evaluator
