/// @file
/// A program of the owner's that says by its exit status whether something is well.
#pragma once

#include "agentd/probe/answer.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace agentd::probe {

/// Well, and said is the file in the store that the path leads to now: what a switch puts in its
/// place is another one. Not further, because many a program looks at the name it was called by.
Answer find_program(const std::string& path);

/// Ends with 0 within the limit? It runs with the rights of this process, which are few; whoever
/// started this process in a process tree of its own ends what it leaves behind.
Answer run_program(const std::string& program, const std::vector<std::string>& arguments,
                   std::chrono::seconds limit);

} // namespace agentd::probe
