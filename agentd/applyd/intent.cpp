#include "agentd/applyd/intent.hpp"

#include "agentd/applyd/record.hpp"
#include "agentd/applyd/residue.hpp"
#include "policy/confirmation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

namespace {

/// What runs only after the next boot can be gone back from by not booting it.
std::string why_confirm(const VerifiedStatement& verified, const Config::Apply& settings) {
    if (settings.confirm == Confirm::never || verified.statement().mode == proposals::Mode::boot ||
        verified.statement().mode == proposals::Mode::act) {
        return {};
    }
    const auto why = policy::wants_confirmation(verified.effects());
    return why                                   ? *why
           : settings.confirm == Confirm::always ? "every change is confirmed on this machine"
                                                 : "";
}

std::chrono::microseconds time_meant(const std::string& confirm, const Config::Apply& settings) {
    return settings.way_back + (confirm.empty() ? std::chrono::seconds(0) : settings.confirm_wait);
}

} // namespace

std::chrono::microseconds time_left(const InFlight& in_flight, const Config::Apply& settings,
                                    core::Instant now) {
    return std::clamp<std::chrono::microseconds>(in_flight.deadline - now, std::chrono::seconds(1),
                                                 time_meant(in_flight.confirm, settings));
}

InFlight begin(const VerifiedStatement& verified, const machine::Machine& machine,
               const Config::Apply& settings, const core::Clock& clock) {
    const auto& statement = verified.statement();
    std::string confirm = why_confirm(verified, settings);
    const auto time = time_meant(confirm, settings);
    const auto profile = machine.links().profile;
    return {.proposal = statement.proposal,
            .intent = core::EntryId::make(clock.now()).str(),
            .statement_sha256 = verified.sha256(),
            .nonce = statement.nonce,
            .mode = std::string(proposals::to_string(statement.mode)),
            .from = verified.from().str(),
            .to = verified.to().str(),
            .profile = profile ? profile->str() : "",
            .act = statement.act.value_or(""),
            .deadline = clock.now() + time,
            .confirm = std::move(confirm),
            .residue = residue_of(verified.effects())};
}

audit::Draft intent_of(const InFlight& in_flight, const core::Clock& clock,
                       const core::Json& trust) {
    core::Json body{{"statement_sha256", in_flight.statement_sha256},
                    {"nonce", in_flight.nonce},
                    {"mode", in_flight.mode},
                    {"from", in_flight.from},
                    {"to", in_flight.to},
                    {"deadline", core::format_instant(in_flight.deadline)}};
    if (trust.is_object()) {
        body["trust"] = trust;
    }
    auto draft = entry(clock, "apply.intent", in_flight.proposal, body);
    if (const auto id = core::EntryId::parse(in_flight.intent)) {
        draft.id = *id;
    }
    return draft;
}

} // namespace agentd::applyd
