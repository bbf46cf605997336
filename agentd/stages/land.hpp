/// @file
/// Land: the very commit that was tested onto the owner's branch, and who approved it into the
/// notes.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "proposals/git.hpp"

#include <string>

namespace agentd::stages {

struct LandingPlan {
    std::string upstream{};
    std::string branch{};
    core::Commit base;
    core::Commit candidate;
    std::string note{};     ///< text for refs/notes/agentd
    core::Instant booted{}; ///< when the machine was; a lock of git from before is nobody's
};

/// Moves the upstream's branch from base to candidate, or says why not; the applied system stays
/// either way. A repository of the owner's that is broken is a Problem like one that has moved: it
/// is his to mend, and no reason for the daemon to end.
core::Result<core::Done> land(proposals::Repository& repository, const LandingPlan& plan,
                              core::Instant now);

} // namespace agentd::stages
