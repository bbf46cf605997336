// What an apply does to the brake: prepared before the trial, in force after a rollback, gone after
// a confirmation.
#include "agentd/applyd/apply.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

void Apply::prepare_brake() {
    tools_.brake.prepare(
        {.path = in_flight_.to,
         .proposal = in_flight_.proposal,
         .reason = "on trial, or taken back from it with no room on the disk to say "
                   "why: `agentctl show " +
                   in_flight_.proposal + "`",
         .at = tools_.clock.now()});
}

void Apply::acquit() noexcept {
    try {
        if (const auto to = core::StorePath::parse(in_flight_.to)) {
            tools_.brake.acquit(*to, in_flight_.proposal);
        }
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
    }
}

/// What was not kept is not tried again by itself; twice within a day, and nothing is. A person who
/// cancels only changed his mind. On a full disk what was prepared holds.
void Apply::put_aside(const std::string& reason) noexcept {
    const auto tell = [&](const char* what, const core::Json& path, const std::string& why) {
        record_patiently(tools_.log, tools_.clock, "apply.brake",
                         "host:" + tools_.config.host.str(),
                         {{"brake", what},
                          {"path", path},
                          {"reason", core::to_utf8(why)},
                          {"peer_uid", nullptr}},
                         std::chrono::seconds(2));
    };
    const auto unless_full = [](auto write) {
        try {
            write();
        } catch (const std::exception& error) {
            core::log(core::Level::error, error.what());
        }
    };
    const auto now = tools_.clock.now();
    const std::string why = core::shorten(reason, 1000);
    const bool stopped = tools_.brake.convict();
    unless_full([&] {
        tools_.brake.quarantine(
            {.path = in_flight_.to, .proposal = in_flight_.proposal, .reason = why, .at = now});
    });
    unless_full([&] { tell("quarantined", in_flight_.to, why); });
    unless_full([&] {
        const auto lately = tools_.brake.lately(now);
        if (!stopped && (lately < Brake::too_many || tools_.brake.frozen())) {
            return;
        }
        const std::string because =
            std::to_string(lately) + " changes were taken back within a day, the last: " + why;
        unless_full([&] { tools_.brake.freeze(because); });
        tell("frozen", nullptr, because);
    });
}

} // namespace agentd::applyd
