/// @file
/// Sets of texts: one that has the members its conditions want, and as many.
#pragma once

#include "policy/analysis/values.hpp"

namespace agentd::policy {

/// As find_value(), for a fact that is a set.
FoundValue find_set(std::size_t fact, std::span<const Wish> wishes);

} // namespace agentd::policy
