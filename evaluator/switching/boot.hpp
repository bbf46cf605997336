/// @file
/// Which units the boot of a system leads to, as far as its unit files say.
#pragma once

#include "evaluator/effects/unit_file.hpp"

#include <optional>
#include <set>
#include <string>

namespace agentd::evaluator::switching {

/// Everything that `default.target` pulls in, by name; nullopt where there is no such target, or it
/// leads to one that only systemd itself brings. What devices, sockets and people start is not
/// among it.
std::optional<std::set<std::string>> booted_units(const effects::Units& units);

} // namespace agentd::evaluator::switching
