/// @file
/// Lines on stderr that are there with --json, too.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/ctl/surroundings.hpp"

#include <string_view>

namespace agentd::ctl {

/// `note: …`: what nobody may miss, and nothing fails by.
void note(const Surroundings& around, std::string_view text);
/// `agentctl: …`, `  where: …`, `  next: …`.
void complain(const Surroundings& around, const core::Problem& problem);

} // namespace agentd::ctl
