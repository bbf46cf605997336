/// @file
/// How much came from which cache.
#pragma once

#include "agentd/core/names.hpp"
#include "evaluator/nix.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::evaluator {

/// What came from one cache.
struct FetchedFrom {
    std::string cache{}; ///< its address; "" where Nix did not say
    std::size_t paths = 0;
    std::uint64_t bytes = 0; ///< unpacked, as the store recorded it
};

/// The paths are in the store; `cache_of` says where one came from. Sorted by address.
std::vector<FetchedFrom> tally(const Nix& nix, const std::vector<core::StorePath>& paths,
                               const std::function<std::string(const core::StorePath&)>& cache_of,
                               const std::stop_token& stop);

} // namespace agentd::evaluator
