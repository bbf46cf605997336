/// @file
/// Whether what is said to be so already is: the worker that reads the files is not believed where
/// the host can be asked.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/option_values.hpp"
#include "proposals/plan/request.hpp"

#include <string>

namespace agentd::stages {

/// The words that speak of the options of a request.
evaluator::OptionWords words_of(const proposals::plan::Request& request);

/// `said`, a `no_change` of `planned`, held against what the options of a host are: proved, not
/// told by what was read, or, where an option is data and says otherwise, `analysis_failed`.
core::Problem held_against(core::Problem said, const proposals::plan::Request& request,
                           const std::string& host,
                           const core::Result<evaluator::OptionValues>& values);

} // namespace agentd::stages
