/// @file
/// Every problem of a file at once, for the commands that check one.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/ctl/terminal.hpp"

#include <string>
#include <vector>

namespace agentd::ctl {

/// All problems as data, then one error line; exit 1. `problems` is not empty.
int report_problems(Terminal& terminal, const std::vector<core::Problem>& problems,
                    const std::string& file);

} // namespace agentd::ctl
