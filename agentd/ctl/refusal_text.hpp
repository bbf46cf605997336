/// @file
/// Why a proposal was refused, in the words of the stage that refused it.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/terminal.hpp"

namespace agentd::ctl {

/// Stage, code, message as it is, where and next; nothing when `detail` has no refusal.
void print_refusal(Terminal& terminal, const core::Json& detail);

} // namespace agentd::ctl
