/// @file
/// What an act would do if it were done now. It looks, and changes nothing.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/stages/known_system.hpp"
#include "evaluator/nix.hpp"
#include "proposals/act.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace agentd::stages {

struct PreviewTools {
    const evaluator::Nix& nix;
    machine::Machine& machine;
    const KnownSystems& known;
    const core::Clock& clock;
};

/// Sentences with numbers, the most important first; at most 30. Numbers that cannot be had are
/// said to be unknown. Problems: `no_such_unit`, `not_failed`, `no_journal`, `cancelled`.
core::Result<std::vector<std::string>> preview(const proposals::Act& act, const PreviewTools& tools,
                                               const std::stop_token& stop);

} // namespace agentd::stages
