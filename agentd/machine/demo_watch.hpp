/// @file
/// Watching the demo machine's runner. Only for this room's sources.
#pragma once

#include "agentd/machine/unit_watch.hpp"

#include <memory>
#include <string>

namespace agentd::machine {

/// Over the control socket. Failure{unavailable} when nobody answers there.
std::unique_ptr<UnitWatch> watch_demo(std::string socket);

} // namespace agentd::machine
