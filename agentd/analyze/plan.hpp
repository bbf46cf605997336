/// @file
/// `agentd-analyze --what plan`: typed operations on a repository become edits, without rights.
#pragma once

#include "agentd/analyze/known_map.hpp"
#include "agentd/core/result.hpp"

#include <string>
#include <string_view>

namespace agentd::analyze {

/// The question is one line of `agentd.ops/2`, LF, and the files of a commit
/// (`proposals/packed_tree`). The answer is `agentd.planned/1`. Problems: those of the map and of
/// the plan, and `bad_value` for another question.
core::Result<std::string> plan(std::string_view question, const KnownHost& host);

} // namespace agentd::analyze
