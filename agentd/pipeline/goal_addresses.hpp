/// @file
/// Addresses of inputs that a goal is said to ask for, before anything is fetched from them.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/plan/request.hpp"

#include <optional>
#include <string_view>

namespace agentd::pipeline {

/// The worker that reads a goal has seen the repository, and what it answers is fetched: an address
/// has to be the person's or the flake's. Each stands in `goal` as it is, or is of a forge
/// (`github:owner/repo/branch`) whose owner and repository stand in `goal` or in `flake`, the text
/// of flake.nix. Problem `analysis_failed` for the first that is not.
std::optional<core::Problem> unsaid_address(const proposals::plan::Request& request,
                                            std::string_view goal, std::string_view flake);

} // namespace agentd::pipeline
