/// @file
/// Giving up every right before something from outside is read.
#pragma once

#include "agentd/core/result.hpp"

namespace agentd::probe {

/// From root to nobody where it was root, no new privileges, nothing that another process of
/// nobody's could look into. For ever. The problem names what could not be given up.
core::Result<core::Done> become_nobody();

/// As well: no program is started, no process looked into, nothing mounted, no namespace entered,
/// and no socket made but of IP, Unix and the kernel's table of addresses. The kernel holds to it
/// (seccomp); whatever is tried fails with EPERM.
core::Result<core::Done> give_up_rights();

} // namespace agentd::probe
