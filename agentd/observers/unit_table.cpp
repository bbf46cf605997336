#include "agentd/observers/unit_table.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <algorithm>

namespace agentd::observers {

void UnitTable::take() {
    try {
        if (!watch_) {
            watch_ = manager_.watch();
            fresh_ = false;
        }
        const auto events = watch_->take();
        if (events.lost || events.reloaded) {
            fresh_ = false;
        }
        for (const auto& change : events.changes) {
            take_in(change);
        }
    } catch (const core::Failure& failure) {
        watch_.reset();
        fresh_ = false;
        core::log(core::Level::debug, std::string("units cannot be watched: ") + failure.what());
    }
}

/// What is told in full changes the row; anything else is reason to ask.
void UnitTable::take_in(const machine::UnitChange& change) {
    const auto row = std::lower_bound(
        units_.begin(), units_.end(), change.unit,
        [](const machine::UnitState& unit, const std::string& name) { return unit.name < name; });
    const bool known = row != units_.end() && row->name == change.unit;
    const bool says_nothing = change.active.empty() && change.result.empty() && !change.restarts;
    if (!known || says_nothing) {
        fresh_ = false;
        return;
    }
    if (!change.active.empty()) {
        row->active = change.active;
        row->sub = change.sub.empty() ? row->sub : change.sub;
    }
    row->result = change.result.empty() ? row->result : change.result;
    row->restarts = change.restarts.value_or(row->restarts);
}

const std::vector<machine::UnitState>& UnitTable::units() {
    if (!fresh_) {
        units_ = manager_.list();
        // Without a subscription the next look has to ask again.
        fresh_ = watch_ != nullptr;
    }
    return units_;
}

} // namespace agentd::observers
