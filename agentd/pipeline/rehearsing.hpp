/// @file
/// Rehearsing as the pipeline does it: where the owner wants it, and of changes alone.
#pragma once

#include "agentd/pipeline/surroundings.hpp"
#include "agentd/stages/rehearse.hpp"
#include "proposals/proposal.hpp"
#include "store/rows.hpp"

#include <optional>
#include <vector>

namespace agentd::pipeline {

/// What came of it is noted down in `explained`. Problem: `cancelled`.
core::Result<core::Done> rehearse_if_wanted(const Surroundings& in, const proposals::Draft& draft,
                                            const stages::Reporter& report,
                                            const std::stop_token& stop,
                                            stages::Explained& explained);

/// How the last of a level ended, of what is on record.
std::optional<proposals::EvidenceStatus> ended(const std::vector<store::EvidenceRow>& rows,
                                               proposals::EvidenceLevel level);

} // namespace agentd::pipeline
