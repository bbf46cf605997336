/// @file
/// Holds what the options of a system say against what was built of them.
#pragma once

#include "evaluator/agreement/statements.hpp"
#include "proposals/disagreement.hpp"

namespace agentd::evaluator::agreement {

struct Compared {
    const Statements& running;                ///< built: of the system that runs
    const Statements& candidate;              ///< built: of the one that would
    const Statements& options;                ///< of the candidate
    const Statements* base_options = nullptr; ///< nullptr where nobody looked
};

/// Pure. Only of what changes on one side, options or built systems: what disagreed before and
/// stays as it was is not this change's.
proposals::Disagreements compare(const Compared& sides);

} // namespace agentd::evaluator::agreement
