/// @file
/// What of the isolation of Nix, and of its store, can be had here; found by trying.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/nix.hpp"

#include <string>
#include <vector>

namespace agentd::evaluator {

struct Isolation {
    bool network = false; ///< a network with nobody in it
    bool files = false;   ///< only the store, the repository and Nix can be opened
};

/// Starts `nix --version` with each of them required.
Isolation isolation_of(const Nix& nix, const std::stop_token& stop = {});

/// A sentence for each thing that an evaluation is without.
std::vector<std::string> missing_for_evaluation(const Nix& nix, const std::stop_token& stop = {});
/// The same of every job of this Nix, and for a Nix daemon that builds in
/// our place; none on a machine that has everything.
std::vector<std::string> missing_isolation(const Nix& nix, const std::stop_token& stop = {});

/// Problem `unavailable`: we may not write the store, and no Nix daemon answers who would.
core::Result<core::Done> store_answers(const Nix& nix);

} // namespace agentd::evaluator
