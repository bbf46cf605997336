/// @file
/// Two readings of the same options, as what a change does to them.
#pragma once

#include "evaluator/option_values.hpp"
#include "proposals/option_change.hpp"

namespace agentd::evaluator {

/// Both read with the same words. What stays as it is is not told; a value whose path speaks of a
/// password, a key, a token and the like, or that looks like a private key, is told without its
/// value. `file` is the first of `touched`, the changed files, that defines the option; `line` is
/// left to whoever knows them.
proposals::OptionChanges option_changes(const OptionValues& before, const OptionValues& after,
                                        const std::vector<std::string>& touched);

} // namespace agentd::evaluator
