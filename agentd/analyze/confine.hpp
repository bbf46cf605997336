/// @file
/// Gives up everything that reading the store does not need.
#pragma once

namespace agentd::analyze {

/// Drops to uid and gid 65534 and a network namespace without network when started as root, and in
/// any case: no capability, no new privileges, 1 GiB of memory, 60 s of processor, no written file, no child
/// process. Throws core::Failure when a right that was there could not be given up.
void confine();

} // namespace agentd::analyze
