/// @file
/// The daemon's own difference of two texts that are in no repository.
#pragma once

#include "proposals/diff.hpp"

#include <optional>
#include <string>

namespace agentd::proposals {

/// nullopt: the file is not there on that side.
DiffFile diff_of(const std::string& path, const std::optional<std::string>& before,
                 const std::optional<std::string>& after);

} // namespace agentd::proposals
