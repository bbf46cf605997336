/// @file
/// The intake of a trial: the change as a draft, and as a commit on its base.
#pragma once

#include "agentd/core/id.hpp"
#include "agentd/ctl/trial_commits.hpp"
#include "store/blobs.hpp"

namespace agentd::ctl {

/// Where the draft is made.
struct IntakePlace {
    proposals::Repository& repository;
    store::Blobs& blobs;
    core::ProposalId id;
};

struct TakenIn {
    core::Result<proposals::Draft> draft; ///< or why the change is not taken
    proposals::Evidence evidence{};       ///< of level `intake`
};

/// What of an own commit only git and a forge read is noted, and not looked at.
TakenIn take_in(const Trial& trial, const TrialTools& tools, const TrialCommits& commits,
                const IntakePlace& place);

} // namespace agentd::ctl
