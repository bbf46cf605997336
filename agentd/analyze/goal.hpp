/// @file
/// `agentd-analyze --what goal`: a goal in plain words becomes typed operations, without rights.
#pragma once

#include "agentd/analyze/known_map.hpp"
#include "agentd/core/result.hpp"

#include <string>
#include <string_view>

namespace agentd::analyze {

/// The question is one line `{"goal"}`, LF, and the files of a commit (`proposals/packed_tree`);
/// the host's index is there, and open already. The answer is `agentd.goal/1`
/// (`planners/goal/answer`). Problems: those of the map and of the goal, and `bad_value` for
/// another question.
core::Result<std::string> goal(std::string_view question, const KnownHost& host);

} // namespace agentd::analyze
