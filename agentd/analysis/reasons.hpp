/// @file
/// Why `agentd-analyze` may refuse: a closed list of codes, with what each means in our words.
#pragma once

#include "agentd/core/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace agentd::analysis {

/// What it is asked for.
enum class Task {
    systems, ///< two built systems
    plan,    ///< operations on the files of a commit
    goal,    ///< a goal in words on them
};

struct Reason {
    std::string_view code{};
    std::string_view meaning{};
};
/// Of the task alone, and those of every task.
std::span<const Reason> reasons(Task task) noexcept;
std::span<const Reason> reasons_of_any_task() noexcept;

/// Whoever was taken over by what it reads can say anything: a code that is not of its task is
/// `analysis_failed`, and its words stand behind ours, as its own. Its place is one, or such words.
core::Problem as_refusal(Task task, const core::Problem& said);

/// Words of its, drawn and marked as its own; "" of none.
std::string as_said(std::string_view words);

} // namespace agentd::analysis
