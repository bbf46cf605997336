/// @file
/// A system that this machine had before, found and kept, so that it can be gone back to.
#pragma once

#include "agentd/machine/generations.hpp"
#include "agentd/stages/test.hpp"
#include "proposals/revision.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::stages {

/// What this machine had: generations of its profile, and systems that were found healthy on it.
struct KnownSystems {
    machine::SystemLinks links{};
    std::vector<machine::Generation> generations{}; ///< oldest first
    std::vector<core::StorePath> confirmed{};       ///< newest first
};

/// What a person may say about where to go back to; nothing is the one before what runs.
struct RollbackWish {
    std::optional<std::int64_t> generation{};
    std::optional<std::string> to{}; ///< store path
};

/// Problems: `nothing_before` (no earlier generation than what runs), `no_such_generation`,
/// `not_ours` (the path is no system of this machine), `already_running`.
core::Result<proposals::Rollback> resolve(const RollbackWish& wish, const KnownSystems& known);

/// Still one of this machine's systems and still in the store; from now on kept by a root named
/// like the proposal. Records the evidence. Refusals as of resolve, and `not_in_store`.
Step<Tested> known_system(const proposals::Rollback& rollback, const KnownSystems& known,
                          const core::ProposalId& id, const TestTools& tools,
                          const Reporter& report, const std::stop_token& stop);

/// `restart nginx.service`-like title of a rollback: `go back to generation 4`.
std::string describe(const proposals::Rollback& rollback);

} // namespace agentd::stages
