/// @file
/// Who takes one input from where its lock says: our own Nix, or a process that may do nothing
/// else.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/lock.hpp"
#include "evaluator/nix.hpp"
#include "evaluator/own_fetch.hpp"

#include <chrono>
#include <memory>
#include <stop_token>

namespace agentd::evaluator {

class SourceGiver {
  public:
    virtual ~SourceGiver() = default;
    /// Puts the files that the lock names into the store, at `wanted.source.path` and nowhere else.
    /// Codes: `input_not_fetched`, `input_mismatch` (something else was given), `input_origin` (who
    /// gives it leads elsewhere), `input_private` (it is inside of the machine's own network),
    /// `fetch_timeout`, `fetch_limit`, `cancelled`.
    virtual core::Result<core::Done> give(const SourceWanted& wanted,
                                          std::chrono::milliseconds patience,
                                          const std::stop_token& stop) const = 0;
};

/// Our own Nix, in this very process' reach, asked for type, address and revision alone; nothing of
/// a flake is evaluated. It has to outlive the giver.
/// @param environment besides what Nix always gets
std::unique_ptr<SourceGiver> own_source_giver(const Nix& nix, Environment environment = {});

/// For messages and limits, and what is asked of our own Nix.
OwnFetch fetch_of(const SourceWanted& wanted);
/// Of who answered with other files.
core::Problem other_files(const SourceWanted& wanted);
/// Of who did not answer within `patience`.
core::Problem source_slow(const SourceWanted& wanted, std::chrono::milliseconds patience);
/// Of more than `most` bytes.
core::Problem source_too_big(const SourceWanted& wanted, std::uint64_t most);

} // namespace agentd::evaluator
