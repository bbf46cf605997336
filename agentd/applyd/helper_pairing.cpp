// Who may approve from now on, and what their passkeys have signed.
#include "agentd/applyd/helper.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/applyd/trusted_file.hpp"
#include "agentd/core/text.hpp"
#include "proposals/webauthn.hpp"

#include <nlohmann/json.hpp>

namespace agentd::applyd {

using core::Json;
using std::chrono::seconds;

Json Helper::invite(const Json& request, const core::Peer& peer) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const Invitation invitation{.label = reader.text("label", 64),
                                .name = reader.optional_text("name", 64).value_or("")};
    if (!invitation.name.empty() && !proposals::is_approver_name(invitation.name)) {
        reader.refuse("name", "is not 1 to 64 of letters, digits and . _ - @");
    }
    if (const auto done = reader.finish(); !done) {
        return refusal(done.problem());
    }
    if (!is_own(peer)) {
        return refusal({.code = "denied",
                        .message = "only root may invite a browser",
                        .hint = "sudo agentctl web login"});
    }
    return {{"ok", true}, {"token", pairing_.invite(invitation)}};
}

Json Helper::enrol(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string token = reader.text("token", 256);
    const std::string label = reader.text("label", 64);
    const Offer offer{.spki = reader.optional_text("spki", 1024).value_or(""),
                      .passkey =
                          reader.optional_text("passkey", proposals::max_assertion).value_or("")};
    if (const auto done = reader.finish(); !done) {
        return refusal(done.problem());
    }
    const std::lock_guard lock(pairing_lock_);
    const auto enrolled = pairing_.check(token, offer, label);
    if (!enrolled) {
        return refusal(enrolled.problem());
    }
    audit::Client log(config_.audit.socket, seconds(10));
    record(log, clock_, "approver.enrolled", "host:" + config_.host.str(),
           {{"key_id", enrolled->key_id},
            {"method", enrolled->method},
            {"name", enrolled->name},
            {"label", core::shorten(core::printable(enrolled->label), 64)}});
    if (enrolled->method == "passkey") {
        passkeys_.begin(enrolled->key_id, enrolled->counter);
    }
    pairing_.admit(*enrolled);
    return {{"ok", true}, {"key_id", enrolled->key_id}, {"name", enrolled->name}};
}

Json Helper::seen(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string purpose = reader.one_of("for", {"approve", "login"});
    const std::string signed_text = reader.text("text", proposals::Statement::max_bytes);
    const auto presence = proposals::presence_from_json(reader.any("presence"));
    if (const auto done = reader.finish(); !done || !presence) {
        return refusal(done ? presence.problem() : done.problem());
    }
    const auto file = proposals::parse_approvers(read_trusted(config_.apply.approvers));
    const auto who = purpose == "login"
                         ? proposals::verify_login(signed_text, *presence, file.approvers)
                         : proposals::verify_presence(signed_text, *presence, file.approvers);
    if (!who) {
        return refusal(who.problem());
    }
    const auto taken = passkeys_.take(*presence);
    return taken ? Json{{"ok", true}, {"name", who->name}} : refusal(taken.problem());
}

} // namespace agentd::applyd
