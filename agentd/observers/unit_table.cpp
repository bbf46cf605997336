#include "agentd/observers/unit_table.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <algorithm>

namespace agentd::observers {

namespace {

/// Names are made up by whoever may start a unit.
constexpr std::size_t most_counted = 1024;

} // namespace

bool UnitTable::take() {
    try {
        if (falls_.times.size() >= most_counted) { // whoever looked since has taken them in
            count_anew();
        }
        if (!watch_) {
            watch_ = manager_.watch();
            fresh_ = false;
        }
        const auto events = watch_->take();
        if (events.lost || events.reloaded) {
            fresh_ = false;
        }
        if (events.lost) {
            count_anew();
        }
        for (const auto& change : events.changes) {
            count(change);
            take_in(change);
        }
        return events.lost || events.reloaded || !events.changes.empty();
    } catch (const core::Failure& failure) {
        watch_.reset();
        fresh_ = false;
        count_anew(); // what is seen meanwhile is not told later
        core::log(core::Level::debug, std::string("units cannot be watched: ") + failure.what());
        return false;
    }
}

void UnitTable::count_anew() {
    falls_ = {.begun_anew = falls_.begun_anew + 1};
    down_.clear();
}

/// Failed again is only what was something else in between, or was taken away. What a unit is when
/// somebody looks does not say that: one that fails at once is failed at every look.
void UnitTable::count(const machine::UnitChange& change) {
    const bool says_nothing = change.active.empty() && change.result.empty() && !change.restarts;
    if (change.active == "failed") {
        const bool again = down_.insert(change.unit).second;
        falls_.times[change.unit] += again ? 1 : 0;
    } else if (says_nothing || !change.active.empty()) {
        down_.erase(change.unit);
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
