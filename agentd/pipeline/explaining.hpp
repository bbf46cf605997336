/// @file
/// What a person will read about a proposal that was tested.
#pragma once

#include "agentd/pipeline/surroundings.hpp"
#include "agentd/stages/decide.hpp"
#include "agentd/stages/explain.hpp"
#include "proposals/diff.hpp"

#include <optional>
#include <vector>

namespace agentd::pipeline {

/// `diff` is empty of what is no change.
explanation::Explanation explanation_of(const proposals::Draft& draft,
                                        const std::vector<proposals::DiffFile>& diff,
                                        const proposals::Effects& effects,
                                        const stages::Beside& beside);

/// What a switch would do to the units that run now; nullopt where it is not known what runs.
std::optional<proposals::SwitchPlan> switch_plan(const Surroundings& in,
                                                 const stages::Explained& explained);

} // namespace agentd::pipeline
