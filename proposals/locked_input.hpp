/// @file
/// The inputs of a flake as a commit locks them, beside how its base did. Locked is not used: which
/// of them an evaluation read nobody can say without reading it again.
#pragma once

#include "agentd/core/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

enum class InputChange {
    same,
    changed, ///< another revision, another hash, or another place
    added,
    removed,
    unknown, ///< the base's lock cannot be read
};

std::string_view to_string(InputChange change) noexcept;

struct LockedInput {
    std::string name{};     ///< of its node in flake.lock
    std::string type{};     ///< `github`, `git`, `tarball`, …; "" where the lock does not say
    std::string origin{};   ///< `github:nixos/nixpkgs`, `https://host`; "" where it is no address
    std::string revision{}; ///< the beginning of it; "" where it has none
    std::string hash{};     ///< the beginning of the hash of its files; "" where it has none
    bool direct = false;    ///< the flake names it itself; else an input of it does
    InputChange change{};
    std::string before{}; ///< revision, else hash, in the base; "" where it was not there
    friend bool operator==(const LockedInput&, const LockedInput&) = default;
};

struct LockedInputs {
    static constexpr std::size_t max_inputs = 256;

    std::vector<LockedInput> inputs{}; ///< those that change first, then by name
    bool more = false;                 ///< there are more than are listed
    std::string trouble{};             ///< "" when the candidate's lock could be read
    friend bool operator==(const LockedInputs&, const LockedInputs&) = default;
};

/// `3 inputs locked, 1 of them changed: nixpkgs 1a2b -> 3c4d`; "" where there are none.
std::string headline(const LockedInputs& locked);

/// `agentd.inputs/1`.
core::Json to_json(const LockedInputs& locked);

} // namespace agentd::proposals
