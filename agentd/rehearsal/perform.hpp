/// @file
/// One rehearsal from its beginning to its end.
#pragma once

#include "agentd/rehearsal/place.hpp"
#include "agentd/rehearsal/rehearsal.hpp"

#include <functional>
#include <string>

namespace agentd::rehearsal {

/// Boots the system, waits until it has done what it starts when it boots or its time is up, looks
/// at it, and ends it with everything it started. To be called once in a process, after
/// `leave_the_machine`. Codes: `not_started` (the container could not be had), `unwanted`.
/// @param wanted asked several times a second; false: nobody waits for the answer any more
core::Result<Rehearsal> perform(const Question& question, const Bounds& bounds,
                                const std::function<bool()>& wanted);

/// Where it happens, in one line: kernel, systemd-nspawn, limits.
std::string environment_of(const Bounds& bounds);

} // namespace agentd::rehearsal
