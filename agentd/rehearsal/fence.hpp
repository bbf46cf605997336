/// @file
/// What neither a rehearsed system nor a program of it that is run beside may ask of the kernel,
/// whoever started us.
#pragma once

#include <cstdint>
#include <sys/types.h>

namespace agentd::rehearsal {

/// Holds for this thread and all that it starts, for good: calls into the kernel that reach the
/// machine, or that nothing here needs and much has been broken by, are denied (EPERM), and so are
/// those of other architectures than our own; a socket of another kind than unix, inet, inet6,
/// netlink and packet cannot be had (EAFNOSUPPORT): some of those have no namespace. The keys of
/// whoever started us are out of reach. Failure{misconfigured} where that cannot be had.
void fence_off();

/// When memory is short this process goes first, with all that it starts: not what asked for it,
/// nor the machine's own.
void be_the_first_to_go();

/// The capabilities that a process can get at most (CapBnd of proc(5)); 0 when it is gone.
std::uint64_t bounds_of(pid_t pid);

/// From now on we can get no other capabilities than `bounds`, no more processes and no core files.
/// For the child that becomes a program of the system; false where it cannot be had.
bool be_as_bounded(std::uint64_t bounds, std::uint64_t processes);

} // namespace agentd::rehearsal
