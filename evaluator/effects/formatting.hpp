/// @file
/// Scripts of services that make a file system, swap or partitions, and so end what was there.
#pragma once

#include "evaluator/effects/classifier.hpp"

namespace agentd::evaluator::effects {

/// Tells `format_at_boot`, with the lines, for each service whose script has a command of that kind
/// that it had not: as NixOS's `mkswap-<device>` has for `swapDevices.*.randomEncryption`.
void tell_formatting(const Side& before, const Side& after, Sink& sink);

} // namespace agentd::evaluator::effects
