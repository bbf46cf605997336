/// @file
/// The files that add to a unit, `foo.service.d/x.conf`, in the order in which systemd reads them.
#pragma once

#include "evaluator/effects/unit_file.hpp"

#include <map>
#include <string>
#include <vector>

namespace agentd::evaluator::effects {

struct DropIn {
    std::string file{};
    std::string path{};
    const Node* node = nullptr;
    bool ambiguous = false; ///< another of this name adds to the same unit
};
using DropIns = std::map<std::string, std::vector<DropIn>>; ///< by unit

/// Those of another name of a unit are its own as well; all are in the order of their file names,
/// whatever folder they lie in.
DropIns settled(DropIns drop_ins, const Units& units);

} // namespace agentd::evaluator::effects
