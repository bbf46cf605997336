/// @file
/// Asking a rehearsed system something: a program of its own, run among its own processes and as
/// its own root, in reach of nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace agentd::rehearsal {

/// The process 1 of the container that `ancestor`, or a process below it, keeps; nullopt while
/// there is none. Only such a one: its line of parents leads to `ancestor` without a gap, and users
/// of it are not ours.
std::optional<pid_t> leader_below(pid_t ancestor);

/// The whole of `agentd-rehearse --enter PID PROGRAM ARGUMENT…`, which a rehearsal starts as its
/// child: becomes PROGRAM within the container that its parent, PID, keeps, and ends with it.
/// Returns only with an exit status when it cannot, as when the parent is another by now. What is run there belongs to the proposal, so that no way leads to running it
/// here.
int enter_and_run(const std::vector<std::string>& words);

} // namespace agentd::rehearsal
