/// @file
/// The order in which everything is done: read, give up, look.
#pragma once

#include "agentd/core/result.hpp"

#include <map>
#include <string>

namespace agentd::analyze {

/// Reads what `arguments` names, gives up every right, and only then looks at what somebody else
/// built or wrote. Canonical JSON. Problems: those of what was asked, and `no_index`.
core::Result<std::string> carry_out(const std::map<std::string, std::string>& given);

} // namespace agentd::analyze
