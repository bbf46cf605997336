/// @file
/// Our own Nix with a network, for what flakes take in: its limits, and what went wrong for people.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/nix.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::evaluator {

/// Besides what Nix always gets.
using Environment = std::map<std::string, std::string>;

struct OwnFetch {
    std::string what{};               ///< "the input `nixpkgs`"
    std::string origin{};             ///< who gives it
    std::string again{};              ///< what a person does then: "verify the proposal again"
    std::vector<std::string> words{}; ///< after `nix`
};

/// What Nix printed. Its caches are forgotten before and after: a name for a revision that somebody
/// told is no proof. Codes: `input_not_fetched`, `fetch_timeout`, `fetch_limit`, `cancelled`.
core::Result<std::string> fetch_by_own_nix(const Nix& nix, const OwnFetch& fetch,
                                           const Environment& environment,
                                           std::chrono::milliseconds patience,
                                           const std::stop_token& stop);

/// Of who did not answer within `patience`.
core::Problem fetch_slow(const OwnFetch& fetch, std::chrono::milliseconds patience);
/// Of more than `most` bytes.
core::Problem fetch_too_big(const OwnFetch& fetch, std::uint64_t most);

} // namespace agentd::evaluator
