/// @file
/// What an evaluation tells while it goes on: hints for the people who wait, never evidence.
#pragma once

#include "evaluator/option_values.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace agentd::evaluator {

/// Known before the toplevel is begun. It may still come to nothing: the evaluation has not ended.
struct EarlyFacts {
    std::string facts_json{};              ///< as of `Evaluated`, without what needs the toplevel
    std::vector<std::string> hosts{};      ///< all of the flake
    std::optional<OptionValues> options{}; ///< nullopt when not asked for, or too many for one line
    std::vector<std::string> warnings{};   ///< until now; more may come
};

/// Called at most once, on the thread that evaluates.
using EarlyCallback = std::function<void(EarlyFacts)>;

} // namespace agentd::evaluator
