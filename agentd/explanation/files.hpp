/// @file
/// The files of a change, with what is to be known of each.
#pragma once

#include "agentd/core/json.hpp"
#include "proposals/revision.hpp"

#include <vector>

namespace agentd::explanation {

/// `[{path, change, flags:[{flag, text}]}]`; a path is made valid UTF-8.
core::Json to_json(const std::vector<proposals::ChangedFile>& files);

} // namespace agentd::explanation
