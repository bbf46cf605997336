// Who signed a statement, and what is asked about those that nobody has to sign: they are
// announced, and objected to.
#include "agentd/applyd/helper.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

using core::Json;
using std::chrono::seconds;

/// Nobody, one, or a list of everybody who signed.
core::Result<Presences> Helper::presences_from_json(const Json& value) {
    Presences presences;
    for (const Json& each : value.is_null()    ? Json::array()
                            : value.is_array() ? value
                                               : Json{value}) {
        auto presence = proposals::presence_from_json(each);
        if (!presence || presences.size() == most_presences) {
            return presence ? core::Problem{.code = "usage", .message = "too many signed"}
                            : presence.problem();
        }
        presences.push_back(std::move(*presence));
    }
    return presences;
}

/// Root's clock begins to run; whoever asks again hears when it began.
Json Helper::announce(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string bytes = reader.text("statement", proposals::Statement::max_bytes);
    const auto done = reader.finish();
    const auto statement = done ? proposals::parse_statement(bytes)
                                : core::Result<proposals::Statement>(done.problem());
    if (!statement) {
        return refusal(statement.problem());
    }
    const std::lock_guard lock(announced_lock_);
    const std::string sha256 = core::sha256(bytes).hex();
    // Everybody can read of it before the time runs.
    const auto announced = announced_.announce(*statement, sha256, [&] {
        audit::Client log(config_.audit.socket, seconds(10));
        record(log, clock_, "apply.announced", statement->proposal,
               {{"statement", bytes}, {"statement_sha256", sha256}});
    });
    if (!announced) {
        return refusal(announced.problem());
    }
    return {{"ok", true}, {"at", core::format_instant(announced->at)}};
}

Json Helper::object(const Json& request, const core::Peer& peer) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string proposal = reader.text("proposal", 26);
    const std::string by = core::shorten(core::printable(reader.text("by", 256)), 100);
    const std::string reason = core::shorten(core::printable(reader.text("reason", 4096)), 2000);
    if (const auto done = reader.finish(); !done || by.empty()) {
        return refusal(done ? core::Problem{.code = "usage", .message = "who objects?"}
                            : done.problem());
    }
    const std::lock_guard lock(announced_lock_);
    if (const auto done = announced_.object(proposal, by); !done) {
        return refusal(done.problem());
    }
    audit::Client log(config_.audit.socket, seconds(10));
    record(log, clock_, "apply.objected", proposal,
           {{"by", by}, {"reason", reason}, {"peer_uid", peer.uid}});
    return {{"ok", true}};
}

/// The brake works whatever is on the disk: what cannot be read keeps everything waiting anyway.
void Helper::forget_waiting() {
    const std::lock_guard lock(announced_lock_);
    try {
        announced_.forget_waiting();
    } catch (const core::Failure& failure) {
        core::log(core::Level::error, failure.what());
    }
}

} // namespace agentd::applyd
