/// @file
/// What a built system says of the machine that runs it, in the words of its options.
#pragma once

#include "evaluator/agreement/statements.hpp"
#include "evaluator/effects/side.hpp"

namespace agentd::evaluator::agreement {

/// Pure, of the tree and the closure alone. A topic that cannot be read is not told.
Statements read_built(const effects::Side& side);

} // namespace agentd::evaluator::agreement
