/// @file
/// Watching systemd. Only for this room's sources.
#pragma once

#include "agentd/machine/unit_watch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace agentd::machine {

/// @param addresses as of systemd_addresses(): tried in their order, at each connecting.
std::unique_ptr<UnitWatch> watch_systemd(std::vector<std::string> addresses);

} // namespace agentd::machine
