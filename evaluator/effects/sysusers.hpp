/// @file
/// Accounts that systemd-sysusers makes (sysusers.d(5)), in the form of NixOS's own list of them.
#pragma once

#include "evaluator/effects/tree.hpp"

#include "agentd/core/json.hpp"

#include <set>
#include <string>

namespace agentd::evaluator::effects {

/// Files of `etc/sysusers.d`, by name.
std::set<std::string> sysusers_files(const Tree& tree);

/// `{"users":[{name,uid,group,description,home,shell,isSystemUser}…],"groups":[{name,gid,members}…]}`
/// from all of them; null when one cannot be read or has a line that is not understood.
core::Json read_sysusers(const Tree& tree);

} // namespace agentd::evaluator::effects
