/// @file
/// Giving up every right before something from outside is read.
#pragma once

#include "agentd/core/result.hpp"

namespace agentd::probe {

/// From root to nobody where it was root, no new privileges, nothing that another process of
/// nobody's could look into. For ever. The problem names what could not be given up.
core::Result<core::Done> become_nobody();

/// As well: no program or child is started, no process looked into, nothing mounted, no namespace
/// entered, and no socket made but of IP, Unix and the kernel's table of addresses. The kernel
/// holds to it (seccomp); whatever is tried fails with EPERM.
core::Result<core::Done> give_up_rights();

/// What is open stays; no file is opened any more, no socket made or connected.
core::Result<core::Done> keep_what_is_open();

} // namespace agentd::probe
