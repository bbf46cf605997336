/// @file
/// What of the machine a unit is given by systemd itself: folders of others, and sockets of
/// programs that make whoever asks root.
#pragma once

#include "evaluator/effects/unit_file.hpp"

#include "proposals/effects.hpp"

#include <string>
#include <vector>

namespace agentd::evaluator::effects {

struct Reach {
    std::string area{};
    std::string kind{};
    proposals::Risk risk{};
    std::string what{}; ///< `owns /var/lib/nixos, a folder of the system`
};

std::vector<Reach> reach_of(const std::string& name, const Unit& unit);

} // namespace agentd::evaluator::effects
