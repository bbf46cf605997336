/// @file
/// One question, from the words to the answer, with the rights it needs and no longer than it
/// needs them.
#pragma once

#include "agentd/probe/answer.hpp"
#include "agentd/probe/question.hpp"

namespace agentd::probe {

/// What needs root (a private key, a wire, somebody's folder) is done first; then this process
/// gives up its rights for ever, and only then hears what is asked. A command keeps the right to
/// start programs.
Answer ask(const Question& question);

} // namespace agentd::probe
