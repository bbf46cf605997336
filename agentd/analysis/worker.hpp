/// @file
/// The program `agentd-analyze`, which does one thing with what it is given and can do nothing
/// else.
#pragma once

#include "agentd/analysis/reasons.hpp"
#include "agentd/core/result.hpp"

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::analysis {

struct Worker {
    std::string program{}; ///< absolute path of agentd-analyze
    std::string scratch{}; ///< a directory of ours for the two closure manifests
};

struct Question {
    Task task = Task::systems;
    std::vector<std::string> arguments{};
    std::optional<std::string> input{}; ///< on its stdin
    std::size_t most{};                 ///< bytes of the answer
};

/// What the worker says, trimmed; not believed yet. Problems: the worker's own (`as_refusal`);
/// `analysis_failed` when it died; `cancelled`.
core::Result<std::string> ask(const Worker& worker, Question question, const std::stop_token& stop);

/// An answer that is not as it has to be.
core::Problem nonsense(const core::Problem& problem);

} // namespace agentd::analysis
