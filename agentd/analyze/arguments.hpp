/// @file
/// What agentd-analyze was asked: read before its rights are given up.
#pragma once

#include "agentd/core/result.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace agentd::analyze {

/// The value of each option by its name, `--store` with its default. Problem `usage`.
core::Result<std::map<std::string, std::string>> arguments(int count, char** words);

/// All that stands on stdin; Failure where it is more than `limit` bytes.
std::string read_stdin(std::size_t limit);

/// A problem as the one line of JSON on stderr.
std::string problem_line(const core::Problem& problem);

} // namespace agentd::analyze
