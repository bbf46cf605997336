/// @file
/// The first half of a test: what the candidate evaluates to, and what is told of it on the way.
#pragma once

#include "agentd/stages/test.hpp"

namespace agentd::stages {

/// Records the evidence of its level, whatever it is; what it was is kept on the shelf, if there is
/// one.
/// @param inputs stand in the evidence beside what Nix answers
Step<evaluator::Evaluated> evaluate(const Candidate& candidate,
                                    const proposals::LockedInputs& inputs, const TestTools& tools,
                                    const Reporter& report, const std::stop_token& stop);

} // namespace agentd::stages
