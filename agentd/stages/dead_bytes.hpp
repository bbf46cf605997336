/// @file
/// How much of the store nothing would keep any more if some generations were gone.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/machine/generations.hpp"
#include "evaluator/nix.hpp"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace agentd::stages {

struct DeadBytes {
    std::uint64_t bytes = 0; ///< of NARs: what the disk gets back is a little less
    std::size_t paths = 0;
};

/// What is garbage already, and what becomes garbage with these generations. Problems
/// `query_failed`, `cancelled`.
core::Result<DeadBytes> dead_bytes(const evaluator::Nix& nix,
                                   const std::vector<machine::Generation>& removed,
                                   const machine::Machine& machine, const std::stop_token& stop);

/// `link -> /nix/store/…` lines of `nix-store --gc --print-roots`: each root's path, but for those
/// whose link is one of `without`. For tests.
std::vector<std::string> roots_in(std::string_view printed,
                                  const std::vector<std::string>& without);

} // namespace agentd::stages
