/// @file
/// The half that meets hostile bytes: Nix and git fetch one input into a store of their own, or
/// lock a flake anew.
#pragma once

#include "agentd/fetching/question.hpp"
#include "evaluator/nix.hpp"

#include <string>

namespace agentd::fetching {

struct Inside {
    evaluator::NixPrograms programs{};
    std::string folder{}; ///< absolute, empty, ours: all that is written goes below it
};

/// To be called in a process of its own, which has left the network. Writes one line to `out`
/// (`result` or `error` of docs/contracts.md) and, with a result, becomes the program that writes
/// the NAR there. Returns an exit status otherwise.
int fetch_inside(const Question& question, const Inside& inside, int out);
/// The same for a lock: its text follows the line.
int relock_inside(const LockQuestion& question, const Inside& inside, int out);

} // namespace agentd::fetching
