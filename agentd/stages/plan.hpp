/// @file
/// Plan: from typed operations to edits of the owner's own files, each with the reason for its
/// place.
#pragma once

#include "agentd/stages/patch.hpp"

namespace agentd::stages {

/// What the worker makes of the operations at the place's head. Where no host is named, the
/// daemon's own is meant. Problems: `other_host` (none of the hosts is the daemon's own),
/// `no_change` (everything is so already), `too_large`, and those of analysis::plan_of.
core::Result<Files> planned(proposals::plan::Request request, const PatchPlace& place);

} // namespace agentd::stages
