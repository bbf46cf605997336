/// @file
/// Which part of a sentence holds for which of its clauses.
#pragma once

#include "agentd/planners/goal/sentence.hpp"

#include <vector>

namespace agentd::planners::goal {

/// As people speak: what leads holds for all that follow, hosts at the end for all before; whether
/// "in the web module" at the end is of one clause or of all is told by nobody, so both are ways.
/// A scope for each clause, in every way; none where two places contradict each other.
std::vector<std::vector<Scope>> spread(const Clauses& clauses);

} // namespace agentd::planners::goal
