/// @file
/// What a switch would do to the units that run, in words.
#pragma once

#include "agentd/core/json.hpp"
#include "proposals/switch_plan.hpp"

#include <string>
#include <vector>

namespace agentd::explanation {

/// `Will restart: nginx.service, sshd.service (open sessions stay)`: a line for each thing that
/// would be done, one when nothing would. Safe to draw.
std::vector<std::string> lines_of(const proposals::SwitchPlan& plan);

/// The plan with its `lines`.
core::Json with_lines(const proposals::SwitchPlan& plan);

} // namespace agentd::explanation
