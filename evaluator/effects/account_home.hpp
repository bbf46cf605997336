/// @file
/// The folder that root gives to an account, at every activation, as its home.
#pragma once

#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/classifier.hpp"

#include "agentd/core/json.hpp"

#include <string>

namespace agentd::evaluator::effects {

/// ` home=/var/lib/x homeMode=700`, or "" where the account has none that is made.
std::string told_home(const core::Json& user);

/// Tells when the home of `name` is made, newly or otherwise than before, and is no folder of its
/// own. @param before nullptr: the account is new
void tell_home(const std::string& name, const core::Json* before, const Accounts& after,
               Sink& sink);

} // namespace agentd::evaluator::effects
