/// @file
/// Operations held against what the host can be asked for, before anything is made of them.
#pragma once

#include "evaluator/index/option_index.hpp"
#include "proposals/plan/request.hpp"

#include <string>
#include <vector>

namespace agentd::planners {

/// The first operation that would not do what it says. Problems: `unknown_option` (with the nearest
/// names), `renamed_option`, `read_only_option`, `wrong_type`, `unknown_package`; `where` is the
/// option. The answer names what cannot be told beforehand: options inside one that takes any name,
/// values of a type that does not tell what it takes.
core::Result<std::vector<std::string>> check_operations(const proposals::plan::Request& request,
                                                        const evaluator::OptionIndex& index);

} // namespace agentd::planners
