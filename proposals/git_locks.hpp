/// @file
/// Lock files of git that nobody holds any more: a power cut or a kill leaves them behind.
#pragma once

#include "agentd/core/clock.hpp"

#include <cstddef>
#include <string>

namespace agentd::proposals {

/// Removes the lock files of refs (`refs/**.lock`, `packed-refs.lock`, `HEAD.lock`) in the git
/// directory `folder` that were last written before `then`, when whoever made them cannot be
/// running any more. By the wall clock: wait first for whoever may hold one. Links are not
/// followed; what cannot be removed stays, and is told on the journal.
/// @return how many are gone
std::size_t drop_dead_locks(const std::string& folder, core::Instant then);

} // namespace agentd::proposals
