/// @file
/// Taking from the running system's caches what a derivation lacks, before anything is built.
#pragma once

#include "evaluator/build.hpp"
#include "evaluator/tally.hpp"

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace agentd::evaluator {

struct FetchRequest {
    core::StorePath drv;
    /// Absolute path of a folder for links that keep what was fetched from the garbage collector,
    /// until forget_fetched(); made anew.
    std::string roots{};
};

struct Fetched {
    std::vector<core::StorePath> paths{}; ///< that came from caches
    std::size_t to_build = 0;             ///< derivations that no cache has
    std::uint64_t bytes = 0;              ///< of the paths, unpacked
    std::vector<FetchedFrom> caches{};    ///< sorted by address
    std::vector<std::string> silent{};    ///< caches that did not answer and were not needed
    BuildLog log{};
    std::chrono::milliseconds nix_time{};
};

/// Only outputs are asked for, never a derivation, so nothing can be built; with signatures, from
/// the substituters and keys that the running system's own nix.conf names. What a cache offered and
/// could not give as it was signed is a refusal; so is a cache that does not answer where it may
/// have what would be compiled here otherwise. Without `settings().fetch` nothing is taken.
/// Where the machine's Nix daemon builds: `unsafe_builder` when it does not keep builds in its
/// sandbox, `source_missing` when it would fetch a source for a build, with its own network.
/// Codes besides: `caches_unsafe`, `settings_open`, `settings_not_taken`, `probe_failed`,
/// `substitution_failed`, `fetch_timeout`, `fetch_limit`.
using FetchOutcome = std::variant<Fetched, BuildRefused, BuildCancelled>;

/// @throws core::Failure when Nix cannot be started.
FetchOutcome fetch(const Nix& nix, const FetchRequest& request, const BuildCallback& on_event = {},
                   std::stop_token stop = {});

/// Removes the links; what was fetched is then kept only by what was built from it.
void forget_fetched(const FetchRequest& request);

} // namespace agentd::evaluator
