/// @file
/// Hunks on text: no offset, no fuzz.
#pragma once

#include "proposals/patch_text.hpp"

#include <span>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// The new text, or `does_not_apply` / `bad_hunk` with `where` = `patch:LINE`.
core::Result<std::string> apply_hunks(std::string_view before, std::span<const Hunk> hunks);

} // namespace agentd::proposals
