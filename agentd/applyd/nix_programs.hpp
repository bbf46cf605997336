/// @file
/// Whose Nix the helper asks.
#pragma once

#include "agentd/applyd/journal.hpp"
#include "agentd/config.hpp"
#include "evaluator/nix.hpp"

namespace agentd::applyd {

/// What the configuration names; else, while something is in flight, those of the system that it
/// would be taken back to: the one on trial may have none, or a broken one, and must not keep the
/// way back from starting. Else they are looked for. Git is never asked here, so none has to be
/// there.
evaluator::NixPrograms nix_programs(const Config& config, const Journal& journal);

} // namespace agentd::applyd
