#include "agentd/applyd/intent.hpp"

#include "agentd/applyd/record.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

InFlight begin(const VerifiedStatement& verified, const machine::Machine& machine,
               std::chrono::seconds way_back, const core::Clock& clock) {
    const auto& statement = verified.statement();
    const auto profile = machine.links().profile;
    return {.proposal = statement.proposal,
            .intent = core::EntryId::make(clock.now()).str(),
            .statement_sha256 = verified.sha256(),
            .nonce = statement.nonce,
            .mode = std::string(proposals::to_string(statement.mode)),
            .from = verified.from().str(),
            .to = verified.to().str(),
            .profile = profile ? profile->str() : "",
            .deadline = clock.now() + way_back};
}

audit::Draft intent_of(const InFlight& in_flight, const core::Clock& clock) {
    auto draft = entry(clock, "apply.intent", in_flight.proposal,
                       {{"statement_sha256", in_flight.statement_sha256},
                        {"nonce", in_flight.nonce},
                        {"mode", in_flight.mode},
                        {"from", in_flight.from},
                        {"to", in_flight.to},
                        {"deadline", core::format_instant(in_flight.deadline)}});
    if (const auto id = core::EntryId::parse(in_flight.intent)) {
        draft.id = *id;
    }
    return draft;
}

} // namespace agentd::applyd
