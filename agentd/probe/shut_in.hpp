/// @file
/// What a question may use at most, set before the process that asks it begins.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/probe/question.hpp"
#include "sandbox/profile.hpp"

#include <string>

namespace agentd::probe {

/// Nobody, in a process tree of his own; no file but what programs and resolvers are made of. A
/// command may use what everybody may, but homes and secrets. The disk is looked up, and sshd's
/// key and wire are made, by root: `ask` gives that up by itself.
/// @param folder of this program
sandbox::Profile profile_for(const Question& question, const std::string& folder);

/// Becomes agentd-confine, which becomes this program again, with the word `shut-in` and the same
/// stdin; dies with its parent. Returns only when that cannot be.
core::Problem start_shut_in(const Question& question);

} // namespace agentd::probe
