/// @file
/// Operations as a goal that is understood: the same operations come of it again.
#pragma once

#include "proposals/plan/request.hpp"

#include <string>

namespace agentd::planners::goal {

/// `set time.timeZone to "UTC"`; two wishes say the same only where they are the same.
std::string say(const proposals::plan::Wish& wish);
/// `on host web, install htop and …`
std::string say(const proposals::plan::Request& request);

} // namespace agentd::planners::goal
