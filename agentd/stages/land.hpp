/// @file
/// Land: the very commit that was tested onto the owner's branch, and who approved it into the notes.
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
    std::string note{}; ///< text for refs/notes/agentd
};

/// Moves the upstream's branch from base to candidate, or says why not; the applied system stays either way.
core::Result<core::Done> land(proposals::Repository& repository, const LandingPlan& plan,
                              core::Instant now);

} // namespace agentd::stages
