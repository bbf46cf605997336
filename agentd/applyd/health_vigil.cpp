#include "agentd/applyd/health_vigil.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <thread>

namespace agentd::applyd {

namespace {

using namespace std::chrono;

/// A burst of events is looked at once; and what moves without an event is looked at now and then.
constexpr auto burst = milliseconds(50);
constexpr auto between_looks = milliseconds(250);

} // namespace

Vigil::Vigil(machine::UnitManager& units, machine::UnitWatch& watch,
             const std::vector<machine::UnitState>& before, const proposals::Effects& effects)
    : manager_(units), watch_(watch), before_(before), effects_(effects),
      jobs_(watch.standing_jobs()) {}

std::vector<UnitTrouble> Vigil::look() {
    try {
        units_ = manager_.list();
        jobs_.add(watch_.take()); // what ended before the list was made is judged with it
    } catch (const core::Failure& failure) { // D-Bus or systemd itself is on its way
        return {{.unit = "units", .detail = failure.what()}};
    }
    return judge_units(before_, units_, effects_, jobs_);
}

std::vector<UnitTrouble> Vigil::until(Span span, const std::stop_token& stop) {
    for (;;) {
        auto troubles = look();
        const bool certain = std::any_of(troubles.begin(), troubles.end(),
                                         [](const UnitTrouble& t) { return t.certain; });
        const bool quiet = troubles.empty() || !restless(before_, units_);
        const auto now = steady_clock::now();
        if (certain || stop.stop_requested() || now >= span.latest ||
            (now >= span.earliest && quiet)) {
            return troubles;
        }
        const auto next = now < span.earliest ? span.earliest : now + between_looks;
        const auto events =
            machine::wait(watch_, duration_cast<milliseconds>(next - now) + milliseconds(1), stop);
        jobs_.add(events);
        if (!events.nothing()) {
            std::this_thread::sleep_for(burst);
        }
    }
}

std::vector<std::string> Vigil::started() const {
    return started_services(before_, units_, effects_, jobs_);
}

} // namespace agentd::applyd
