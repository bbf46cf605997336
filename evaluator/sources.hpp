/// @file
/// Fetching the locked inputs of a flake, before it is evaluated without a network.
#pragma once

#include "evaluator/build.hpp"
#include "evaluator/flake_source.hpp"
#include "evaluator/lock.hpp"
#include "evaluator/source_giver.hpp"

#include <string>
#include <variant>
#include <vector>

namespace agentd::evaluator {

/// The text of the commit's flake.lock; "" when it has none, or one above 1 MiB.
std::string lock_text(const Nix& nix, const FlakeSource& source, const std::stop_token& stop = {});
/// What a restricted evaluation of it has to be allowed, so that it finds its inputs in the store.
std::vector<std::string> input_uris(const Nix& nix, const FlakeSource& source,
                                    const std::stop_token& stop = {});

struct SourcesRequest {
    std::vector<SourceWanted> sources{};
    std::string roots{}; ///< absolute folder of links that keep them, until forget_sources()
};

struct SourcesFetched {
    std::vector<std::string> told{}; ///< a text for each that was fetched
    std::uint64_t bytes = 0;         ///< unpacked
    std::string log{};
    std::chrono::milliseconds nix_time{};
};

/// Each that is not in the store, and each that changed wherever it is, is fetched by its type,
/// address and revision alone and counts only when it is what its hash says; nothing of a flake is
/// evaluated. Codes: those of `giver`, and `input_not_fetched` where `settings().fetch` is off.
using SourcesOutcome = std::variant<SourcesFetched, BuildRefused, BuildCancelled>;

/// @throws core::Failure when Nix cannot be started.
SourcesOutcome fetch_sources(const Nix& nix, const SourceGiver& giver,
                             const SourcesRequest& request, const std::stop_token& stop = {});

void forget_sources(const SourcesRequest& request);

} // namespace agentd::evaluator
