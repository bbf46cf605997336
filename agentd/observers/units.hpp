/// @file
/// Units that failed, and units the running system wants that are not there.
#pragma once

#include "agentd/machine/machine.hpp"
#include "agentd/observers/observer.hpp"

namespace agentd::observers {

/// Kinds `unit_failed`, `unit_inactive` (wanted by the running system's multi-user.target or expected by the
/// owner, and not active), `unit_missing` (expected by the owner, and no unit of the running system).
std::vector<Condition> look_at_units(machine::Machine& machine,
                                     const std::vector<std::string>& expected);

} // namespace agentd::observers
