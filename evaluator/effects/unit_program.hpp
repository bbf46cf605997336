/// @file
/// Programs of a unit that may be other ones tomorrow, although nothing of it was approved.
#pragma once

#include "evaluator/effects/store_reader.hpp"
#include "evaluator/effects/unit_file.hpp"

#include <string>

namespace agentd::evaluator::effects {

/// What a unit names outside the store; each is "" when there is none.
struct Foreign {
    /// A program outside the store, also one that a link of the store leads to, a script that an
    /// interpreter runs, or settings of a program where everybody may write.
    std::string program{};
    std::string missing{}; ///< a program in a folder of the system that NixOS leaves empty
    std::string given{};   ///< another path in an argument, where others than root may write
};

Foreign foreign_parts(const Unit& unit, const StoreReader& store);
/// What is said of the unit `name`, which runs as root.
/// @param fresh what it runs did not run before
std::string said_of_root(const std::string& name, const Foreign& foreign, bool fresh);

} // namespace agentd::evaluator::effects
