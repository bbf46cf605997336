/// @file
/// How far a direct input of the flake moves, as the two locks say it, for people: a lock's dates
/// and revisions are words of who made it; only its hash is held.
#pragma once

#include "agentd/core/json.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::proposals {

struct InputNews {
    std::string name{};
    std::string from{};      ///< whole revision, else hash; "" where it was not locked
    std::string to{};        ///< likewise
    std::int64_t before = 0; ///< `lastModified`, seconds since 1970; 0 where it is not said
    std::int64_t after = 0;  ///< likewise
    std::string branch{};    ///< that flake.nix names; "" is the usual one
    std::string place{};     ///< `owner/repo`, or an address
    std::string compare{}; ///< page of the forge that shows what is between; "" where none is known
    std::string release_before{}; ///< of nixpkgs, from the tree itself; "" where it is not at hand
    std::string release{};        ///< likewise
    friend bool operator==(const InputNews&, const InputNews&) = default;
};

/// Whole days from the old to the new one; below 0 the new one is older. 0 where it is not known.
std::int64_t days_of(const InputNews& news);
/// `nixpkgs: NixOS/nixpkgs 1a2b3c4d5e..6f7a8b9c0d, 2026-10-01 to 2026-11-20, 50 days newer; NixOS
/// 25.05 to 25.11`.
std::string sentence(const InputNews& news);
/// `{name, from, to, before, after, days, branch, range, compare, release_before, release, text}`;
/// times as days or null.
core::Json to_json(const InputNews& news);

/// `2026-11-20` of a lock's `lastModified`; "" where there is none.
std::string day_of(std::int64_t seconds);

} // namespace agentd::proposals
