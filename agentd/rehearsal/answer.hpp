/// @file
/// One question from whoever is connected, and its answer.
#pragma once

#include <string>
#include <vector>

namespace agentd::rehearsal {

/// Serves stdin and stdout once: a socket (then only root and the user of `--peer` are answered),
/// or pipes of whoever started this as root. The exit status of the program.
/// @param words `--peer USER`, `--lend FOLDER`, as often as wanted
int answer_one(const std::vector<std::string>& words);

} // namespace agentd::rehearsal
