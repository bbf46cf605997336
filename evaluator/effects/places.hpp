/// @file
/// Folders of the machine that decide who is who, what boots or what runs as root, and whose the
/// others are.
#pragma once

#include <string>

namespace agentd::evaluator::effects {

/// True of `/`, and of places that decide, with everything below them.
bool is_grave_place(const std::string& path);

/// True of root, and of an account that a folder on the way is named after (`postgres`,
/// /var/lib/postgresql).
bool is_owner_of(const std::string& who, const std::string& path);

} // namespace agentd::evaluator::effects
