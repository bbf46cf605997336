/// @file
/// Effects from the worker `agentd-analyze`: whoever decides has them computed in a process that
/// can do nothing else.
#pragma once

#include "agentd/analysis/worker.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/agreement/statements.hpp"
#include "evaluator/store_info.hpp"
#include "proposals/effects.hpp"
#include "proposals/switch_plan.hpp"

#include <stop_token>
#include <string>

namespace agentd::analysis {

/// Runs the worker on two valid toplevels and reads its answer strictly. Problems: the worker's
/// own, `analysis_failed` when it died or answered nonsense, `cancelled`.
core::Result<proposals::Effects> effects_between(const Worker& worker,
                                                 const evaluator::Closure& before,
                                                 const evaluator::Closure& after,
                                                 const std::stop_token& stop = {});

/// What a switch would do to units, whatever runs; as `effects_between`.
core::Result<proposals::SwitchMoves> moves_between(const Worker& worker,
                                                   const evaluator::Closure& before,
                                                   const evaluator::Closure& after,
                                                   const std::stop_token& stop = {});

/// What two built systems say of the machine, each for itself.
struct Built {
    evaluator::agreement::Statements before{};
    evaluator::agreement::Statements after{};
};
core::Result<Built> built_of(const Worker& worker, const evaluator::Closure& before,
                             const evaluator::Closure& after, const std::stop_token& stop = {});

} // namespace agentd::analysis
