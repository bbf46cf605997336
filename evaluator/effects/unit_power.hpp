/// @file
/// What a unit may do beside the commands that it runs: in whose name, with which rights, and what
/// systemd opens, reads and ends for it.
#pragma once

#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/unit_file.hpp"

#include <string>

namespace agentd::evaluator::effects {

/// The two lists of accounts, and the store.
struct PowerContext {
    const Accounts& before;
    const Accounts& after;
    const std::string& prefix;
};

/// Tells every power that `after` has and `before` has not; a unit that is new has had none.
void tell_powers(const std::string& name, const Unit& before, const Unit& after,
                 const PowerContext& context, Sink& sink);

} // namespace agentd::evaluator::effects
