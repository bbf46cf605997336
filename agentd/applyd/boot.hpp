/// @file
/// What is done once at each boot, before it counts as a good one.
#pragma once

#include "agentd/applyd/activation.hpp"

#include <string>

namespace agentd::applyd {

/// Something is under way that began in this boot, and there is nothing to judge. False when what
/// is under way is to be waited for, or nothing is. Failure{misconfigured} when this boot is still
/// to be found well and what is under way may wait for that.
bool leave_alone(const Tools& tools);

/// Settles what is in flight. Then, when this is a boot into a system that was just made the
/// default: whether root's required health checks hold, on record under its proposal. The caller
/// holds the lock.
/// @return "" when all is well or there is nothing to judge, else what is not.
std::string settle_and_judge(const Tools& tools);

} // namespace agentd::applyd
