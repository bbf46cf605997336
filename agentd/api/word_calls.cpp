// A person's word about what is being applied: confirmed, cancelled, or nothing any more.
#include "agentd/api/api.hpp"

#include <nlohmann/json.hpp>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

namespace {

/// When what waits for a confirmation began to run; nullopt when nothing does.
std::optional<core::Instant> waits_since(const store::Queries& queries, const std::string& id) {
    const auto apply = queries.last_apply(id);
    if (!apply || apply->outcome || apply->steps.empty() || !apply->steps.back().confirm) {
        return std::nullopt;
    }
    const auto wanted = core::parse_json(*apply->steps.back().confirm);
    return wanted ? core::parse_instant(wanted->value("since", "")) : std::nullopt;
}

} // namespace

Result<Json> Api::confirm(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    core::ObjectReader reader(call.params, "params");
    reader.any("proposal");
    const Json& presence = reader.any("presence");
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    const auto since =
        in_.sequencer.ask([&] { return waits_since(in_.ledger.queries(), row->id); });
    if (since && call.caller.connected && *call.caller.connected <= *since) {
        // What was open before the switch proves nothing about who can still come in.
        return Problem{.code = "old_connection",
                       .message = "this connection is older than what is to be confirmed",
                       .hint = "ask again: it is closed now, and the next one counts"};
    }
    const auto answer = stages::ask_applyd(
        in_.config.sockets.apply,
        {{"op", "confirm"}, {"proposal", row->id}, {"presence", presence}}, call.stop);
    return answer ? summary_of(row->id) : Result<Json>(answer.problem());
}

Result<Json> Api::cancel(const Call& call) {
    const auto row = find(call);
    if (!row) {
        return row.problem();
    }
    const auto answer =
        stages::ask_applyd(in_.config.sockets.apply,
                           {{"op", "cancel"},
                            {"proposal", row->id},
                            {"by",
                             {{"name", call.caller.name},
                              {"uid", call.caller.uid ? Json(*call.caller.uid) : Json()}}}},
                           call.stop);
    return answer ? summary_of(row->id) : Result<Json>(answer.problem());
}

Result<Json> Api::freeze(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const std::string reason = reader.has("reason") ? reader.text("reason", 500) : "";
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    const auto answer = stages::ask_applyd(
        in_.config.sockets.apply,
        {{"op", "freeze"},
         {"reason", "frozen by " + call.caller.name + (reason.empty() ? "" : ": " + reason)}},
        call.stop);
    return answer ? Json{{"frozen", true}} : Result<Json>(answer.problem());
}

} // namespace agentd::api
