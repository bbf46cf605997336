/// @file
/// Whether two systems differ in nothing but the source of the flake that they hold.
#pragma once

#include "agentd/core/names.hpp"

#include <functional>
#include <optional>
#include <string>

namespace agentd::evaluator {

/// A host as it would be, and what tells the commit that it was evaluated from.
struct MadeHost {
    core::StorePath drv;
    std::string source{};   ///< store path of the flake's own source
    std::string nar_hash{}; ///< of it, as Nix writes it
    std::string revision{}; ///< the commit
};

/// The text of a derivation; nullopt where there is none.
using ReadDerivation = std::function<std::optional<std::string>(const std::string& path)>;
/// From the store of this machine.
std::optional<std::string> read_derivation(const std::string& path);

enum class Likeness {
    same,    ///< but for that source, its hash and its commit, and what they are copied to whole
    other,   ///< something else differs
    unknown, ///< some derivation could not be read, or there are too many
};

/// Compares the derivations of which the two differ, each by all that it says: nothing is built.
Likeness likeness(const MadeHost& one, const MadeHost& other, const ReadDerivation& read);

} // namespace agentd::evaluator
