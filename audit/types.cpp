#include "audit/types.hpp"

#include <algorithm>
#include <array>

namespace agentd::audit {

namespace {

constexpr std::array<EntryType, 29> known{{
    {"apply.announced", Origin::apply},
    {"apply.brake", Origin::apply},
    {"apply.intent", Origin::apply},
    {"apply.objected", Origin::apply},
    {"apply.outcome", Origin::apply},
    {"apply.step", Origin::apply},
    {"approval.granted", Origin::any},
    {"approval.rejected", Origin::any},
    {"approver.enrolled", Origin::apply},
    {"audit.disk_full", Origin::writer},
    {"audit.loss_accepted", Origin::writer},
    {"audit.tail_discarded", Origin::writer},
    {"daemon.started", Origin::any},
    {"daemon.stopped", Origin::any},
    {"decision.made", Origin::any},
    {"evidence.recorded", Origin::any},
    {"generation.adopted", Origin::any},
    {"landing.done", Origin::any},
    {"landing.refused", Origin::any},
    {"log.opened", Origin::writer},
    {"observation.changed", Origin::any},
    {"observation.opened", Origin::any},
    {"observation.resolved", Origin::any},
    {"proposal.drafted", Origin::any},
    {"proposal.refused", Origin::any},
    {"proposal.state", Origin::any},
    {"proposal.verified", Origin::any},
    {"statement.refused", Origin::apply},
    {"trust.changed", Origin::apply},
}};

} // namespace

std::span<const EntryType> entry_types() noexcept {
    return known;
}

const EntryType* find_entry_type(std::string_view name) noexcept {
    const auto* it = std::find_if(known.begin(), known.end(),
                                  [&](const EntryType& type) { return type.name == name; });
    return it == known.end() ? nullptr : it;
}

} // namespace agentd::audit
