/// @file
/// What the rules that count ask for, besides somebody's agreeing.
#pragma once

#include "policy/decide.hpp"

namespace agentd::policy {

/// How long a veto runs where no rule says.
inline constexpr std::chrono::seconds usual_delay = std::chrono::hours(2);

/// For the level and presence that the decision's verdict has, and none below approve. Everything
/// that counting requires ask. Where the level is more than the default, also what the grant asks
/// that gives it: of several the one that asks least, since each would do by itself. Where a grant
/// is content with a weaker presence, also what that one asks.
proposals::Obligations obligations_of(const Policy& policy, const Decision& decision);

} // namespace agentd::policy
