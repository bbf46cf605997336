/// @file
/// Whether the options that a plan is about exist, and take what is wanted.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/index/option_index.hpp"
#include "proposals/plan/planner.hpp"

#include <string>
#include <vector>

namespace agentd::ctl {

struct KnownOptions {
    const evaluator::OptionIndex* index = nullptr; ///< nullptr: none is at hand
    bool assume = false;                           ///< what was not seen is taken for an option
};

/// Answers with what could not be checked. Problems: those of planners::check_operations, and
/// `unchecked`: there is no index, and no file of the repository declares or sets the option.
core::Result<std::vector<std::string>> check_options(const proposals::plan::Request& request,
                                                     proposals::map::Files& files,
                                                     const proposals::map::RepoMap& map,
                                                     const KnownOptions& known);

} // namespace agentd::ctl
