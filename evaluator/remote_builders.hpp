/// @file
/// Other machines that the running system's Nix builds on: whether they may build a proposal, and
/// who they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// The machine's own daemon, by its socket's name: then it builds as it does for the machine, also
/// on its remote builders. Where it is only found by Nix, or another daemon builds, there are none.
bool machines_daemon(std::string_view store);

/// Their addresses without what logs in, by the setting `builders`; what it has by `@file` from
/// there. A file in the folder `own` is Nix's default and stands in `folder`.
std::vector<std::string> remote_builders(std::string_view setting, const std::string& own,
                                         const std::string& folder, int depth = 0);

} // namespace agentd::evaluator
