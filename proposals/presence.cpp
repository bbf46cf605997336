#include "proposals/presence.hpp"

#include "proposals/sshsig.hpp"
#include "proposals/webauthn.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/digest.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace agentd::proposals {

using core::Json;
using core::Problem;

namespace {

Problem bad_signature() {
    return {.code = "bad_signature",
            .message = "the signature does not fit the statement and the key",
            .hint = "ask for a fresh statement and sign exactly its bytes"};
}

/// What is signed, and for what.
struct Purpose {
    std::string_view name{};  ///< namespace of SSH signatures
    std::string_view bytes{}; ///< what SSH signs
    std::string browser{};    ///< what a browser signs, and what a passkey's challenge is made of
};

core::Result<core::Done> verify_browser(const Purpose& purpose, const Presence& presence,
                                        const Approver& approver) {
    const auto signature = core::base64_decode(presence.signature);
    if (!signature || !core::p256_verify(approver.key, purpose.browser, *signature)) {
        return bad_signature();
    }
    return core::Done{};
}

core::Result<core::Done> verify_ssh(const Purpose& purpose, const Presence& presence,
                                    const Approver& approver) {
    const auto signature = parse_ssh_signature(presence.signature);
    if (!signature) {
        return signature.problem();
    }
    if (signature->namespace_ != purpose.name) {
        return Problem{.code = "bad_namespace",
                       .message = "the signature was made for another purpose",
                       .hint = "sign with `-n " + std::string(purpose.name) + "`"};
    }
    // The key inside the armour proves nothing: only the approver's own counts.
    if (signature->public_key != approver.key ||
        !verify_ssh_signature(*signature, purpose.bytes, purpose.name)) {
        return bad_signature();
    }
    return core::Done{};
}

core::Result<core::Done> verify_passkey(const Purpose& purpose, const Presence& presence,
                                        const Approver& approver) {
    const auto assertion = parse_assertion(presence.signature);
    if (!assertion) {
        return assertion.problem();
    }
    const auto counter = verify_assertion(*assertion, purpose.browser, approver);
    return counter ? core::Result<core::Done>(core::Done{}) : counter.problem();
}

core::Result<core::Done> verify_by(const Purpose& purpose, const Presence& presence,
                                   const Approver& approver) {
    switch (presence.method) {
    case PresenceMethod::browser:
        return verify_browser(purpose, presence, approver);
    case PresenceMethod::ssh:
        return verify_ssh(purpose, presence, approver);
    case PresenceMethod::passkey:
        return verify_passkey(purpose, presence, approver);
    case PresenceMethod::none:
    case PresenceMethod::password:
    case PresenceMethod::break_glass:
        break;
    }
    return bad_signature();
}

/// What stands for nobody: it carries no signature.
std::optional<Problem> unsigned_method(PresenceMethod method) {
    if (method == PresenceMethod::break_glass) {
        return Problem{
            .code = "break_glass",
            .message = "break-glass carries no signature; only root on this machine may use it"};
    }
    if (method == PresenceMethod::none || method == PresenceMethod::password) {
        return Problem{.code = "presence",
                       .message = "`" + std::string(to_string(method)) + "` proves nobody here",
                       .hint = "sign with an SSH key, a passkey or a paired browser"};
    }
    return std::nullopt;
}

core::Result<Approver> verify(const Purpose& purpose, const Presence& presence,
                              std::span<const Approver> approvers) {
    if (auto problem = unsigned_method(presence.method)) {
        return std::move(*problem);
    }
    const Approver* approver = find_approver(approvers, presence.method, presence.key_id);
    if (approver == nullptr) {
        return Problem{.code = "unknown_key",
                       .message = "this key is not one of the approvers",
                       .where = presence.key_id,
                       .hint = "root adds it to the approvers file, or pair the browser again"};
    }
    if (const auto verified = verify_by(purpose, presence, *approver); !verified) {
        return verified.problem();
    }
    return *approver;
}

} // namespace

std::string browser_message(std::string_view statement_sha256) {
    return std::string(approval_namespace) + ":" + std::string(statement_sha256);
}

Json to_json(const Presence& presence) {
    return {{"method", to_string(presence.method)},
            {"key_id", presence.key_id},
            {"signature", presence.signature},
            {"signed_digest", presence.signed_digest}};
}

core::Result<Presence> presence_from_json(const Json& value) {
    core::ObjectReader in(value, "presence");
    Presence presence{
        .method =
            parse_presence_method(in.one_of("method", {"browser", "ssh", "passkey", "break_glass"}))
                .value_or(PresenceMethod::browser),
        .key_id = in.text("key_id", 64),
        .signature = in.text("signature", std::max(max_ssh_armor, max_assertion)),
        .signed_digest = in.text("signed_digest", 64)};
    if (!core::Digest::parse(presence.signed_digest)) {
        in.refuse("signed_digest", "is not a SHA-256");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return presence;
}

core::Result<Approver> verify_presence(std::string_view statement_bytes, const Presence& presence,
                                       std::span<const Approver> approvers) {
    const std::string digest_hex = core::sha256(statement_bytes).hex();
    if (presence.signed_digest != digest_hex) {
        return Problem{.code = "wrong_digest",
                       .message = "the approval is for another statement",
                       .hint = "ask for a fresh statement and sign that"};
    }
    return verify({.name = approval_namespace,
                   .bytes = statement_bytes,
                   .browser = browser_message(digest_hex)},
                  presence, approvers);
}

core::Result<Approver> verify_confirmation(std::string_view nonce, const Presence& presence,
                                           std::span<const Approver> approvers) {
    if (presence.signed_digest != core::sha256(nonce).hex()) {
        return Problem{.code = "wrong_nonce",
                       .message = "this confirms another moment than the one that waits",
                       .hint = "sign the nonce that `agentctl show` names now"};
    }
    return verify({.name = confirmation_namespace,
                   .bytes = nonce,
                   .browser = std::string(confirmation_namespace) + ":" + std::string(nonce)},
                  presence, approvers);
}

core::Result<Approver> verify_login(std::string_view challenge, const Presence& presence,
                                    std::span<const Approver> approvers) {
    return verify({.name = login_namespace,
                   .bytes = challenge,
                   .browser = std::string(login_namespace) + ":" + std::string(challenge)},
                  presence, approvers);
}

} // namespace agentd::proposals
