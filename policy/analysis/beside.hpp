/// @file
/// Two policies side by side, but for their rules.
#pragma once

#include "policy/rule.hpp"

#include <string>
#include <vector>

namespace agentd::policy {

/// What of hours, roles and self-approval may let more happen under `now`: a sentence for each.
std::vector<std::string> beside_the_rules(const Policy& before, const Policy& now);

} // namespace agentd::policy
