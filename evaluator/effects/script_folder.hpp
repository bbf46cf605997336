/// @file
/// Scripts that were made for one system and are no packages, whatever number their names end in.
#pragma once

#include "evaluator/effects/store_reader.hpp"

#include <string>

namespace agentd::evaluator::effects {

/// True of a script of a unit (`unit-script-backup-2-start`), and of a store path that is a file or
/// holds nothing but a few small texts: those are compared by what they say.
bool is_script(const std::string& top, const StoreReader& store);

} // namespace agentd::evaluator::effects
