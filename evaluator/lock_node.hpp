/// @file
/// One node of a flake.lock, judged by itself.
#pragma once

#include "agentd/core/json.hpp"
#include "evaluator/lock.hpp"

namespace agentd::evaluator {

LockNode read_lock_node(const std::string& name, const core::Json& node);

} // namespace agentd::evaluator
