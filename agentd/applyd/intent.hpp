/// @file
/// What is about to be done, as it stands in the journal and, once, in the log.
#pragma once

#include "agentd/applyd/journal.hpp"
#include "agentd/applyd/verifier.hpp"
#include "audit/entry.hpp"

namespace agentd::applyd {

/// From now on: until when it is taken back when nobody says otherwise, whether an approver has to
/// confirm it, and what taking it back would leave behind.
InFlight begin(const VerifiedStatement& verified, const machine::Machine& machine,
               const Config::Apply& settings, const core::Clock& clock);

/// How long from now until the way back is taken: what is left until the deadline, but at least a
/// second and never longer than was meant, whatever the clock was set to since.
std::chrono::microseconds time_left(const InFlight& in_flight, const Config::Apply& settings,
                                    core::Instant now);

/// The log's `apply.intent`: the same entry under the same id, however often it is asked for.
/// @param trust what root remembers of who had it done; null where it remembers nothing.
audit::Draft intent_of(const InFlight& in_flight, const core::Clock& clock,
                       const core::Json& trust);

} // namespace agentd::applyd
