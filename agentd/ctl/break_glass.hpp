/// @file
/// Root approves by hand, without a key: recorded loudly, and carried out at once.
#pragma once

#include "agentd/ctl/context.hpp"

#include <optional>
#include <string>

namespace agentd::ctl {

/// Why this caller may not break the glass; nullopt when it is root.
std::optional<Trouble> may_break_glass(Context& context);
/// The presence for these statement bytes: it carries no signature, its peer's uid is what counts.
core::Json glass_presence(const std::string& statement);
/// Hands the statement to root's helper itself, which takes such a presence from root alone, and
/// says how it ended.
Reply apply_as_root(Context& context, const std::string& statement);

} // namespace agentd::ctl
