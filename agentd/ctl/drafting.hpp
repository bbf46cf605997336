/// @file
/// Proposing something, waiting for its check, and saying how it ended.
#pragma once

#include "agentd/ctl/context.hpp"

#include <functional>
#include <string>

namespace agentd::ctl {

using OnChecked = std::function<void(const core::Json& detail)>;

/// With what was drafted, or why nothing was: unless `--no-wait` was given, waits for its check,
/// hands it to `on_checked`, and says how it ended. The exit status is that of the check.
int wait_for_draft(Context& context, const Reply& reply, const OnChecked& on_checked = {});

/// `propose` with these parameters; what is checked is shown: what moves, what stays, and the
/// command that brings it on.
int draft_and_show(Context& context, const core::Json& params);

} // namespace agentd::ctl
