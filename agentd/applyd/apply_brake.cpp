// What an apply does to the brake: prepared before the trial, in force after a rollback, gone after
// a confirmation.
#include "agentd/applyd/apply.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

namespace {

core::Json revocation(const core::Json& note, const std::string& proposal,
                      const std::string& because) {
    const core::Json& author = note.at("author");
    const core::Json& binding = author.at("binding");
    return {{"what", "revoked"},
            {"proposer",
             {{"kind", author.at("kind")},
              {"id", author.at("id")},
              {"binding", binding.is_null() ? core::Json("") : binding}}},
            {"class", note.at("class")},
            {"host_class", note.at("host_class")},
            {"because", core::to_utf8(core::shorten(core::printable(because), 1000))},
            {"proposal", proposal},
            {"grant", nullptr},
            {"presence", nullptr},
            {"by", "agentd-applyd"}};
}

} // namespace

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

void Apply::remember(policy::trust::EventKind how, const std::string& because) noexcept {
    tools_.trust.ended(in_flight_.proposal, how, because);
    if (how != policy::trust::EventKind::rolled_back) {
        return;
    }
    try {
        const core::Json note = tools_.trust.note_of(in_flight_.proposal);
        if (note.is_object()) {
            record_patiently(
                tools_.log, tools_.clock, "trust.changed", "host:" + tools_.config.host.str(),
                revocation(note, in_flight_.proposal, because), std::chrono::seconds(2));
        }
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
    }
}

} // namespace agentd::applyd
