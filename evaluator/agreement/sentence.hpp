/// @file
/// A disagreement in words.
#pragma once

#include "evaluator/agreement/statements.hpp"

#include <string>

namespace agentd::evaluator::agreement {

/// `The options say that 8080/tcp stays closed, the built system says that 8080/tcp is open; the
/// built system counts`. nullptr: that side says nothing of it.
std::string sentence(Topic topic, const std::string& subject, const Statement* options,
                     const Statement* built);

} // namespace agentd::evaluator::agreement
