/// @file
/// How a stage ends: with what the next stage needs, or with one of three other endings.
#pragma once

#include "agentd/core/result.hpp"

#include <variant>

namespace agentd::stages {

/// The change is not good enough; the problem says what a person can do.
struct Refused {
    core::Problem problem;
};
/// Somebody asked to stop.
struct Cancelled {};

/// Broken surroundings are a core::Failure and are caught where stages are run.
template <class Next> using Step = std::variant<Next, Refused, Cancelled>;

} // namespace agentd::stages
