/// @file
/// What can be said of a change before its evaluation is done: for the people who wait, never
/// evidence.
#pragma once

#include "agentd/stages/options.hpp"
#include "evaluator/early_facts.hpp"
#include "evaluator/evaluation_shelf.hpp"

#include <optional>

namespace agentd::stages {

/// `agentd.early/1`: `{facts:[{name, says, before, after}], options: OptionChanges|null,
/// warnings:[str], hosts:int, compared:bool}`. `compared` is false where nothing is known of the
/// base yet; then the facts are what the candidate has, and no option is said to change.
core::Json so_far(const evaluator::EarlyFacts& early, const OptionScope& scope,
                  const std::optional<evaluator::KnownEvaluation>& base);

} // namespace agentd::stages
