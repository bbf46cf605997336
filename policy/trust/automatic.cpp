#include "policy/trust/automatic.hpp"

#include <algorithm>

namespace agentd::policy::trust {

namespace {

using core::Problem;
using std::chrono::microseconds;

bool by_itself(const Event& event) {
    return event.by == AgreedBy::policy || event.by == AgreedBy::objection_period;
}

/// What really passed: a clock that was set ahead makes nothing older within a boot.
microseconds passed(const Event& since, const Present& now) {
    const microseconds wall = now.at - since.at;
    return since.boot_id == now.boot_id ? std::min(wall, microseconds(now.mono_us - since.mono_us))
                                        : wall;
}

struct Run {
    const Event* begun = nullptr;
    const Event* ended = nullptr;
    const Event* fault = nullptr;
};

/// The changes that nobody signed, with how they ended.
std::vector<Run> runs_of(std::span<const Event> events) {
    std::vector<Run> runs;
    for (const Event& event : events) {
        if (event.kind == EventKind::begun && by_itself(event)) {
            runs.push_back({.begun = &event});
            continue;
        }
        const bool fault = event.kind == EventKind::rolled_back || event.kind == EventKind::ill;
        if (!fault && event.kind != EventKind::confirmed && event.kind != EventKind::dropped) {
            continue;
        }
        for (Run& run : runs) {
            if (run.begun->proposal == event.proposal) {
                run.ended = event.kind == EventKind::ill ? run.ended : &event;
                run.fault = fault ? &event : run.fault;
            }
        }
    }
    return runs;
}

Problem not_yet(std::string code, std::string message) {
    return {.code = std::move(code),
            .message = std::move(message),
            .hint = "a person may approve it meanwhile"};
}

} // namespace

core::Result<core::Done> may_begin(std::span<const Event> events, EffectClass effect_class,
                                   const Present& now, const Budget& budget) {
    int day = 0;
    int week = 0;
    for (const Run& run : runs_of(events)) {
        if (run.ended == nullptr) {
            return not_yet("in_flight", "a change that happens by itself has not ended: proposal " +
                                            run.begun->proposal);
        }
        if (passed(*run.ended, now) < budget.soak) {
            return not_yet("soaking", "the last change that happened by itself is watched until " +
                                          core::format_instant(run.ended->at + budget.soak));
        }
        if (run.begun->effect_class != effect_class) {
            continue;
        }
        if (run.fault != nullptr && passed(*run.fault, now) < budget.after_a_fault) {
            return not_yet("budget", "a change of this class went wrong by itself, so that for 14 "
                                     "days none happens so: " +
                                         run.fault->because);
        }
        day += passed(*run.begun, now) < std::chrono::days(1) ? 1 : 0;
        week += passed(*run.begun, now) < std::chrono::days(7) ? 1 : 0;
    }
    if (day >= budget.in_a_day || week >= budget.in_a_week) {
        return not_yet("budget", "as many changes of this class as may happen by themselves in a " +
                                     std::string(day >= budget.in_a_day ? "day" : "week") +
                                     " have happened");
    }
    return core::Done{};
}

core::Result<core::Done> may_act(std::span<const Event> events, const Present& now) {
    int day = 0;
    int week = 0;
    for (const Event& event : events) {
        if (event.kind == EventKind::acted) {
            day += passed(event, now) < std::chrono::days(1) ? 1 : 0;
            week += passed(event, now) < std::chrono::days(7) ? 1 : 0;
        }
    }
    if (day >= acts_in_a_day || week >= acts_in_a_week) {
        return not_yet("budget", "as many acts as may happen by themselves in a " +
                                     std::string(day >= acts_in_a_day ? "day" : "week") +
                                     " have happened");
    }
    return core::Done{};
}

Distance since_a_person(std::span<const Event> events) {
    Distance out;
    Event open;
    for (const Event& event : events) {
        if (event.kind == EventKind::begun) {
            open = event;
        }
        if (event.kind != EventKind::confirmed || open.proposal != event.proposal) {
            continue;
        }
        const auto own = open.effect_class.value_or(EffectClass::system);
        if (by_itself(open)) {
            ++out.steps;
            out.highest = std::max(out.highest, own);
        } else if (!open.trial && own >= out.highest && own > EffectClass::nothing) {
            out = {};
        }
    }
    return out;
}

} // namespace agentd::policy::trust
