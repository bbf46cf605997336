/// @file
/// What the evaluated options of a host say of its machine.
#pragma once

#include "evaluator/agreement/statements.hpp"

namespace agentd::evaluator::agreement {

/// Of the answer of evaluator/nix/declared.nix. A topic that is not as it should be, or too large,
/// is not told at all.
Statements read_declared(const core::Json& answer);

} // namespace agentd::evaluator::agreement
