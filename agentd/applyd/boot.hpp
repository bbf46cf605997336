/// @file
/// What is done once at each boot, before it counts as a good one.
#pragma once

#include "agentd/applyd/activation.hpp"

#include <string>

namespace agentd::applyd {

/// Something is under way that began in this boot. Failure{misconfigured} when this boot is one
/// that is still to be found well.
bool leave_alone(const Tools& tools);

/// Settles what an earlier boot left in flight. Leaves alone what is under way in this boot: a
/// switch may start the unit that runs this, and waits for it.
void settle_earlier_boot(const Tools& tools);

/// When this is a boot into a system that was just made the default: whether root's required health
/// checks hold. On record under its proposal. "" when all is well or there is nothing to judge,
/// else what is not.
std::string judge_boot(const Tools& tools);

} // namespace agentd::applyd
