/// @file
/// What a planner hands on: typed operations with a title and a reason.
#pragma once

#include "proposals/plan/request.hpp"

#include <string>

namespace agentd::planners {

struct Plan {
    proposals::plan::Request operations{};
    std::string title{};     ///< one line, at most 120 bytes
    std::string rationale{}; ///< one line
    friend bool operator==(const Plan&, const Plan&) = default;
};

} // namespace agentd::planners
