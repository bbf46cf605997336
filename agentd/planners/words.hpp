/// @file
/// Goals in plain English to typed operations, with no model.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "agentd/planners/catalog.hpp"
#include "agentd/planners/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners {

inline constexpr std::size_t max_goal_bytes = 1000;

/// Understands `install`, `remove`, `open port`, `close port`, `enable`, `disable`, lists and
/// combinations of them joined by "and" or commas, and polite words around them. Whatever else is
/// in the sentence makes it not understood: a goal is never half done. Problems: `empty_goal`,
/// `bad_goal` (too long, hidden characters), `not_understood`, `unknown_package`,
/// `unknown_service`, `unknown_option`, `bad_port`, `contradiction`, `too_many`; the hint names
/// what is near or what is understood.
core::Result<Plan> plan_words(std::string_view goal, const core::HostName& host,
                              const CatalogView& catalog);

/// Sentences that are understood, for help texts.
const std::vector<std::string>& example_goals();

} // namespace agentd::planners
