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

namespace {

/// As long as the link itself is good, and what a person needs to look at a code.
constexpr auto patience = std::chrono::minutes(3);

Json to_json(const Enrolled& what) {
    return {{"method", what.method},
            {"key_id", what.key_id},
            {"name", what.name},
            {"label", core::shorten(core::printable(what.label), 64)},
            {"code", pairing_code(what.key_id)}};
}

} // namespace

/// What only root may: invite, and say yes or no to what came of it.
Json Helper::pair(const Json& request, const core::Peer& peer, const std::stop_token& stop) {
    if (!is_own(peer)) {
        return refusal({.code = "denied",
                        .message = "only root may invite a browser",
                        .hint = "sudo agentctl web login"});
    }
    const std::string op = request.at("op").get<std::string>();
    return op == "pair.invite" ? invite(request)
           : op == "pair.wait" ? offered(request, stop)
                               : admit_key(request);
}

Json Helper::invite(const Json& request) {
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
    return {{"ok", true}, {"token", pairing_.invite(invitation)}};
}

/// Waits until root has said yes: then the key is in the file.
Json Helper::enrol(const Json& request, const std::stop_token& stop) {
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
    const auto checked = [&] {
        const std::lock_guard lock(pairing_lock_);
        return pairing_.check(token, offer, label);
    }();
    if (!checked) {
        return refusal(checked.problem());
    }
    const auto said = desk_.offer(token, *checked, patience, stop);
    if (!said || !*said) {
        return refusal({.code = "denied",
                        .message = said ? "root said no to this key"
                                        : "nobody said yes to this key on the machine in time",
                        .hint = "sudo agentctl web login, in a terminal: it asks whether the key "
                                "with the code that this page shows is yours"});
    }
    return {{"ok", true}, {"key_id", checked->key_id}, {"name", checked->name}};
}

Json Helper::offered(const Json& request, const std::stop_token& stop) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string token = reader.text("token", 256);
    if (const auto done = reader.finish(); !done) {
        return refusal(done.problem());
    }
    const auto what = desk_.wait(token, patience, stop);
    return {{"ok", true}, {"offer", what ? to_json(*what) : Json()}};
}

Json Helper::admit_key(const Json& request) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string token = reader.text("token", 256);
    const std::string key_id = reader.text("key_id", 64);
    const bool yes = reader.boolean("yes");
    if (const auto done = reader.finish(); !done) {
        return refusal(done.problem());
    }
    const std::lock_guard lock(pairing_lock_);
    const auto enrolled = desk_.find(token, key_id);
    if (!enrolled) {
        return refusal({.code = "not_waiting",
                        .message = "no such key waits for a yes (any more)",
                        .hint = "sudo agentctl web login"});
    }
    if (yes) {
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
    }
    desk_.answer(token, yes);
    return {{"ok", true}};
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
