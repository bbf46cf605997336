#include "agentd/api/api.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "policy/rule.hpp"
#include "proposals/approvers.hpp"
#include "proposals/presence.hpp"
#include "proposals/webauthn.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;
using proposals::PresenceMethod;

namespace {

/// Who may come in with a browser, as the root-owned file has it now: keys of browsers and
/// passkeys.
Result<std::vector<proposals::Approver>> visitors(const std::string& approvers_file) {
    std::string text;
    try {
        text =
            core::read_file_if_exists(approvers_file, proposals::Approvers::max_bytes).value_or("");
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning, std::string("no browser is let in: ") + failure.what());
        return Problem{.code = "unavailable",
                       .message = "who may approve cannot be read, so no browser is let in: " +
                                  failure.message(),
                       .where = approvers_file,
                       .hint = "on the machine: let agentd read that file; `agentctl doctor` looks "
                               "for more"};
    }
    auto known = proposals::parse_approvers(text).approvers;
    std::erase_if(known, [](const proposals::Approver& approver) {
        return approver.method != PresenceMethod::browser &&
               approver.method != PresenceMethod::passkey;
    });
    return known;
}

template <class Is>
Result<proposals::Approver> one_of(const Result<std::vector<proposals::Approver>>& known, Is is) {
    if (!known) {
        return known.problem();
    }
    const auto found = std::find_if(known->begin(), known->end(), is);
    if (found == known->end()) {
        return Problem{.code = "unknown_key",
                       .message = "this browser's key is not among the approvers of this machine",
                       .hint = "run `agentctl web login` on the machine and open its link"};
    }
    return *found;
}

Json named(const proposals::Approver& approver) {
    return {{"key_id", approver.key_id}, {"name", approver.name}};
}

} // namespace

Result<core::Done> Api::show_to_root(const Call& call, const char* purpose, const std::string& text,
                                     const proposals::Presence& presence) const {
    if (presence.method != PresenceMethod::passkey) {
        return core::Done{};
    }
    const auto seen = stages::ask_applyd(in_.config.sockets.apply,
                                         {{"op", "passkey.seen"},
                                          {"for", purpose},
                                          {"text", text},
                                          {"presence", proposals::to_json(presence)}},
                                         call.stop);
    return seen ? Result<core::Done>(core::Done{}) : seen.problem();
}

/// A session is its approver's, and policy says what that one may: a viewer looks.
Result<core::Done> Api::may_act(const Call& call) const {
    if (call.caller.channel != web::Caller::Channel::browser || !call.caller.paired) {
        return core::Done{};
    }
    const auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    if (policy && policy::role_of(policy->policy, call.caller.name) == proposals::Role::viewer) {
        return Problem{.code = "denied",
                       .message = "`" + call.caller.name +
                                  "` is a viewer here: who looks decides "
                                  "nothing",
                       .hint = "roles stand in policy.toml: [roles]"};
    }
    return core::Done{}; // without a policy nothing is decided anyway, and the brakes have to work
}

Result<Json> Api::session_login(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const std::string challenge = reader.text("challenge", 256);
    const std::string signature = reader.text("signature", proposals::max_assertion);
    // A browser knows its key; of a passkey only which credential it is.
    const bool passkey = reader.has("credential");
    const std::string id = passkey ? reader.text("credential", 2048) : reader.text("key_id", 128);
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    const auto credential = passkey ? core::base64_decode(id) : std::optional<std::string>();
    const auto known = visitors(in_.config.apply.approvers);
    const auto key = one_of(known, [&](const proposals::Approver& approver) {
        return passkey ? approver.method == PresenceMethod::passkey && credential &&
                             approver.passkey.credential == *credential
                       : approver.method == PresenceMethod::browser && approver.key_id == id;
    });
    if (!key) {
        return key.problem();
    }
    const proposals::Presence presence{.method = key->method,
                                       .key_id = key->key_id,
                                       .signature = signature,
                                       .signed_digest = core::sha256(challenge).hex()};
    if (const auto who = proposals::verify_login(challenge, presence, *known); !who) {
        return who.problem();
    }
    if (const auto seen = show_to_root(call, "login", challenge, presence); !seen) {
        return seen.problem();
    }
    return named(*key);
}

Result<Json> Api::session_check(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const std::string key_id = reader.text("key_id", 128);
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    const auto key = one_of(visitors(in_.config.apply.approvers),
                            [&](const auto& approver) { return approver.key_id == key_id; });
    return key ? Result<Json>(named(*key)) : Result<Json>(key.problem());
}

} // namespace agentd::api
