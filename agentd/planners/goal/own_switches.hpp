/// @file
/// The switches that the owner of a repository made, by what people call them.
#pragma once

#include "agentd/planners/goal/clause.hpp"

#include <vector>

namespace agentd::planners::goal {

struct OwnSwitches {
    std::vector<Switch> found{}; ///< those that the hosts use, else all
    bool of_others = false;      ///< only others than the hosts that are meant use them
};
/// What is called as the item is. Where no user is named, a service is the machine's: none of a
/// home.
OwnSwitches own_switches(const Situation& in, const Item& item);

} // namespace agentd::planners::goal
