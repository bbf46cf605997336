/// @file
/// One question from whoever is connected, and its answer.
#pragma once

#include <string>
#include <vector>

namespace agentd::fetching {

/// Serves stdin and stdout once: a socket, or pipes. The exit status of the program. Root is
/// refused.
/// @param words `--origin ORIGIN` (as often as wanted: of flake.origins), `--nix PROGRAM`,
/// `--nix-store PROGRAM`, `--git PROGRAM`, `--work FOLDER` (else /var/tmp)
int answer_one(const std::vector<std::string>& words);

} // namespace agentd::fetching
