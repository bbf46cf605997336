/// @file
/// Applying an approved proposal, step by step, to one plain sentence at the end.
#pragma once

#include "agentd/ctl/context.hpp"

#include <string>

namespace agentd::ctl {

/// `apply`: steps on stderr; then "confirmed: …" with the commit and the way to undo it (exit 0),
/// or "taken back: …" (exit 1).
int apply_approved(Context& context, const std::string& id);
/// The same end for what root's helper itself answered.
int report_applied(Context& context, const Reply& reply, const std::string& id);

} // namespace agentd::ctl
