/// @file
/// Proposing an act or a rollback, waiting for its check, and showing what it would do.
#pragma once

#include "agentd/ctl/context.hpp"

namespace agentd::ctl {

/// `propose` with these parameters; then, unless `--no-wait` was given, what moves, what stays, and
/// the command that brings it on. Exits as `run` does.
int draft_and_show(Context& context, const core::Json& params);

} // namespace agentd::ctl
