// What was interrupted, found by whoever comes next: at a start, at a boot, when its time is up.
#include "agentd/applyd/boot.hpp"
#include "agentd/applyd/helper.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <nlohmann/json.hpp>

#include <thread>

namespace agentd::applyd {

using core::Json;
using namespace std::chrono;

template <class Do, class Leave> void Helper::with_lock(Do act, Leave leave) {
    constexpr int most_failures = 60;
    for (int failures = 0;;) {
        try {
            if (leave()) {
                return;
            }
            if (const auto lock = journal_.try_lock()) {
                return act();
            }
        } catch (const core::Failure& failure) {
            core::log(core::Level::error, std::string("cannot settle now: ") + failure.what());
            if (failure.kind() == core::FailureKind::misconfigured || ++failures == most_failures) {
                throw;
            }
            std::this_thread::sleep_for(seconds(4)); // without the lock: others may try too
        }
        std::this_thread::sleep_for(milliseconds(200));
    }
}

void Helper::settle_if_free() {
    try {
        if (const auto lock = journal_.try_lock()) {
            settle(tools(), std::nullopt);
        }
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning, std::string("cannot settle now: ") + failure.what());
    }
}

void Helper::settle_now(const std::string& what) {
    const auto settle_or_judge = [&] {
        if (what != "boot") {
            settle(tools(), what == "any" ? std::nullopt : std::optional(what));
            return;
        }
        const std::string unwell = settle_and_judge(tools());
        if (!unwell.empty()) {
            throw core::Failure(core::FailureKind::misconfigured,
                                "the system that was made the default does not boot well: " +
                                    unwell);
        }
    };
    with_lock(settle_or_judge, [&] { return what == "boot" && leave_alone(tools()); });
}

Json Helper::settle_request() {
    const auto lock = journal_.try_lock();
    if (!lock) {
        return refusal({.code = "busy", .message = "a change is being applied right now"});
    }
    const auto outcome = settle(tools(), std::nullopt);
    return {{"ok", true}, {"outcome", outcome ? to_json(*outcome, machine_.links()) : Json()}};
}

} // namespace agentd::applyd
