/// @file
/// A goal's words beside the names that exist where it is to be reached.
#pragma once

#include "agentd/planners/goal/goal.hpp"
#include "agentd/planners/goal/token.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners::goal {

/// Where a clause is about: which hosts, whose, in which file.
struct Scope {
    std::set<std::string> hosts{}; ///< names as they were said, or those of a group
    bool every = false;            ///< all hosts
    bool shared = false;           ///< what most hosts share: said, and the same as not said
    std::string user{};
    std::string in{};
    std::string flake{};
    bool weak = false;  ///< hosts may say otherwise
    bool there = false; ///< the hosts of the clause before
    bool his = false;   ///< the user of the clause before
    std::string whom{}; ///< of whom a first clause tells why: "him"
    bool lead = false;  ///< it stood before its clause, so it holds for those that follow
    bool tail = false;  ///< it stood behind
    friend bool operator==(const Scope&, const Scope&) = default;
    bool says_hosts() const { return every || shared || !hosts.empty(); }
};
/// nullopt when they say different things.
std::optional<Scope> both(const Scope& one, const Scope& other);

/// What a clause can be read with.
struct Scene {
    const Surroundings& around;
    Tokens tokens{};
    std::vector<std::string> users{};    ///< of home-manager
    std::set<std::string> folders{};     ///< of the repository
    mutable std::size_t steps = 400'000; ///< that may still be taken

    std::size_t size() const noexcept { return tokens.size(); }
    const Token* token(std::size_t at) const { return at < tokens.size() ? &tokens[at] : nullptr; }
    bool is_user(std::string_view name) const;
    /// A `.nix` file, its folder or an aspect is called so.
    bool is_module(const std::string& name) const;
    /// The name by which it is known: "docker.nix", "docker" …; nullopt where nothing is.
    std::optional<std::string> module(const std::string& name) const;
};
Scene make_scene(const Surroundings& around, Tokens tokens);

/// A word that says how others belong together: never a name unless it is quoted.
bool is_reserved(std::string_view lower);

} // namespace agentd::planners::goal
