/// @file
/// Why a fetch was refused, for people: whose fault it is, and what to do.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace agentd::evaluator {

/// @param missing what they may have and would be compiled here
core::Problem caches_silent(const std::vector<std::string>& silent,
                            const std::vector<std::string>& missing);
core::Problem caches_slow(const std::string& names, std::chrono::milliseconds limit);
/// @param path nullptr when Nix named none
core::Problem cache_breaks_word(const std::string& cache, const core::StorePath* path);
core::Problem nothing_told(const core::StorePath& drv);

/// With Nix's own words behind ours.
core::Problem with_words(core::Problem problem, const std::vector<std::string>& complaints);

} // namespace agentd::evaluator
