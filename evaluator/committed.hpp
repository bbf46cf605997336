/// @file
/// Whether what Nix is given of a commit is what the commit holds.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/flake_source.hpp"
#include "evaluator/nix.hpp"

#include <stop_token>

namespace agentd::evaluator {

/// Problem `attributes`, with the file of git attributes, where git would hand out some file of the
/// commit otherwise than it is, or leave it out. Whether a pattern meets any file is git's to say;
/// what it does not say counts as met.
core::Result<core::Done> as_committed(const Nix& nix, const FlakeSource& source,
                                      const std::stop_token& stop = {});

} // namespace agentd::evaluator
