/// @file
/// What moved inside the lines that a change rewrites.
#pragma once

#include "proposals/diff.hpp"

namespace agentd::proposals {

/// Fills `pair` and `changed` of the hunk's lines. Where removed lines are followed by added ones,
/// each is paired with the one it most likely became, in order; lines with too little in common are
/// not paired. The difference of a pair is told by whole words. Hints for the eye: of a very long
/// block or line nothing is said.
void mark_changes(DiffHunk& hunk);

} // namespace agentd::proposals
