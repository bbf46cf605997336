/// @file
/// Facts that belong together as one sentence, so that a reader sees what they come to.
#pragma once

#include "agentd/explanation/explanation.hpp"

namespace agentd::explanation {

/// Every effect is in one of the sentences at least, which come in the order of their first facts.
std::vector<Sentence> combine(const std::vector<proposals::Effect>& effects);

} // namespace agentd::explanation
