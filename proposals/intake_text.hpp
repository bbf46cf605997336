/// @file
/// What the new bytes of a file may hold.
#pragma once

#include "proposals/intake.hpp"

#include <string_view>
#include <vector>

namespace agentd::proposals {

/// Flags of the new text, sorted; or, for text that is evaluated, the Problem `control_char`,
/// `hidden_unicode` or `bad_encoding` with `where` = `PATH:LINE`. Hidden code points in lines that
/// stood there before are only flagged.
core::Result<std::vector<Flag>> judge_text(std::string_view path, std::string_view before,
                                           std::string_view after);

} // namespace agentd::proposals
