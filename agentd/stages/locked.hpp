/// @file
/// What a candidate locks, beside what its base does.
#pragma once

#include "agentd/core/names.hpp"
#include "evaluator/lock.hpp"
#include "proposals/git.hpp"
#include "proposals/locked_input.hpp"

#include <vector>

namespace agentd::stages {

/// Of both commits' flake.lock. One that is missing locks nothing.
proposals::LockedInputs locked_inputs(const proposals::Repository& repository,
                                      const core::Commit& base, const core::Commit& candidate);

/// The same of locks that were read; a base that could not be is nullptr.
proposals::LockedInputs compare_locks(const std::vector<evaluator::LockNode>* base,
                                      const std::vector<evaluator::LockNode>& candidate);

} // namespace agentd::stages
