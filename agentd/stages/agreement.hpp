/// @file
/// What the options say, held against the two built systems.
#pragma once

#include "agentd/analysis/analysis.hpp"
#include "agentd/stages/test.hpp"
#include "proposals/disagreement.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace agentd::stages {

struct BothSystems {
    const analysis::Worker& worker;
    const evaluator::Closure& running;
    const evaluator::Closure& candidate;
};

/// nullopt of what was not evaluated. What goes wrong is its `trouble`: then nobody can say that
/// the two agree.
std::optional<proposals::Disagreements>
disagreement_of(const Tested& tested, const BothSystems& systems, const std::stop_token& stop);

/// For the words of the evidence; "" where the two agree.
std::string summary_of(const std::optional<proposals::Disagreements>& found);

/// What a page document says of it, for policy; nullopt where it does not say.
std::optional<bool> told_disagreement(std::string_view page);

} // namespace agentd::stages
