/// @file
/// A kept evaluation as text, and back.
#pragma once

#include "evaluator/evaluation_shelf.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::evaluator {

std::string write_known(const KnownEvaluation& known);
/// nullopt for what is none.
std::optional<KnownEvaluation> read_known(std::string_view text);

} // namespace agentd::evaluator
