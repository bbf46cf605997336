/// @file
/// The order of things: written down, way back armed, tried, judged, and only then made to last.
#pragma once

#include "agentd/applyd/brake.hpp"
#include "agentd/applyd/confirmation.hpp"
#include "agentd/applyd/health.hpp"
#include "agentd/applyd/journal.hpp"
#include "agentd/applyd/outcome.hpp"
#include "agentd/applyd/switcher.hpp"
#include "agentd/applyd/trust_records.hpp"
#include "agentd/applyd/verifier.hpp"
#include "agentd/applyd/way_back.hpp"
#include "agentd/core/json.hpp"
#include "audit/client.hpp"

#include <functional>
#include <string>

namespace agentd::applyd {

/// Everything root's acts need. References only.
struct Tools {
    const Config& config;
    const core::Clock& clock;
    Journal& journal;
    const evaluator::Nix& nix;
    machine::Machine& machine;
    Switcher& switcher;
    Health& health;
    WayBack& way_back;
    audit::Client& log;
    Confirmation& confirmation;
    Brake& brake;
    TrustRecords& trust;
};

/// Hears `{"event":"step","step":…,"detail":…}` as the socket says it.
using OnStep = std::function<void(const core::Json& event)>;

/// Carries out a verified statement, whose systems are kept, whatever comes. Each step is in the
/// log when the next begins; the intent before anything is touched (if it cannot be written:
/// Failure, and nothing happened).
Outcome activate(const VerifiedStatement& verified, const Tools& tools, const OnStep& on_step);

/// Finishes or takes back what is in flight, by looking at the machine; nullopt when there is
/// nothing (or not this nonce). The caller holds the lock.
std::optional<Outcome> settle(const Tools& tools, const std::optional<std::string>& nonce);

} // namespace agentd::applyd
