/// @file
/// Carrying out an act as root: an intent in the log, one program with fixed arguments, an outcome.
#pragma once

#include "agentd/applyd/activation.hpp"

#include <optional>

namespace agentd::applyd {

/// Carries out the act of a verified statement. The intent is in the log before anything is touched
/// (Failure when it cannot be, and nothing happened). An act that goes wrong is `failed`; there is
/// nothing to take back. The caller holds the lock.
Outcome carry_out_act(const VerifiedStatement& verified, const Tools& tools, const OnStep& on_step);

/// An act that was interrupted: it is never done again by itself. Says how the machine is now.
Outcome settle_act(const Tools& tools, const InFlight& found);

} // namespace agentd::applyd
