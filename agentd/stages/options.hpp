/// @file
/// The merged configuration before and after a change, as far as the changed files speak of it.
#pragma once

#include "agentd/stages/step.hpp"
#include "evaluator/option_values.hpp"
#include "proposals/diff.hpp"
#include "proposals/git.hpp"
#include "proposals/option_change.hpp"

#include <string>
#include <vector>

namespace agentd::stages {

/// What the evaluation of a candidate has to know of its change, to tell what it does to the
/// options.
struct OptionScope {
    evaluator::FlakeSource base;
    evaluator::OptionWords words{}; ///< of the changed files, on both sides
    std::vector<proposals::DiffFile> diff{};
};

/// Reads the changed Nix files of both commits. Files above 1 MiB are left out.
OptionScope option_scope(const proposals::Repository& repository,
                         const evaluator::FlakeSource& base, const core::Commit& candidate);

/// `before` is what the base said, or why it said nothing; `after` what the candidate said, nullopt
/// when it could not be asked.
proposals::OptionChanges compare_options(const OptionScope& scope,
                                         const core::Result<evaluator::OptionValues>& before,
                                         const std::optional<evaluator::OptionValues>& after);

} // namespace agentd::stages
