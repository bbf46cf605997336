/// @file
/// Parse: the Nix files that a candidate changes, read before Nix is asked.
#pragma once

#include "agentd/stages/test.hpp"

#include <optional>

namespace agentd::stages {

/// The first place that is no Nix, `where` = "file:line:column"; nullopt when there is none. It
/// refuses nothing, for Nix is the judge, and may never read that file. Records the evidence of its
/// level: `unjudged` where a file is too large, or too deep, to be read here.
std::optional<core::Problem> parse(const Candidate& candidate, const TestTools& tools,
                                   const Reporter& report, const std::stop_token& stop);

} // namespace agentd::stages
