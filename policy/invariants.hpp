/// @file
/// The limits that no file can lift, as one table.
#pragma once

#include "policy/rule.hpp"

#include <span>
#include <string_view>

namespace agentd::policy {

/// Caps, written as rules are; an unknown fact makes each of them count.
std::span<const Rule> invariants();

} // namespace agentd::policy
