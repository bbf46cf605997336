/// @file
/// The beginning of a process namespace: who waits for whom, and how an ending is passed on.
#pragma once

namespace agentd::confine {

/// After unshare(CLONE_NEWPID). Three processes: this one outside, an init inside (a program that
/// is process 1 would not hear SIGTERM), and the program. Returns in the program only, or false
/// with errno when it cannot be. When the program ends, init ends, and the kernel kills whatever
/// else is inside.
bool fork_into_process_namespace();

} // namespace agentd::confine
