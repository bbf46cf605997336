/// @file
/// The proof that a person was there when a statement was approved.
#pragma once

#include "agentd/core/json.hpp"
#include "proposals/approvers.hpp"
#include "proposals/presence_method.hpp"

#include <span>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// Made outside, proves nothing until `verify_presence` says so.
struct Presence {
    PresenceMethod method = PresenceMethod::browser; ///< browser, ssh, passkey or break_glass
    std::string key_id{};                            ///< `SHA256:…`; empty for break_glass
    /// Armoured SSHSIG, base64 of r‖s, or the text of an Assertion; empty for break_glass.
    std::string signature{};
    std::string signed_digest{}; ///< SHA-256 of the statement's bytes, hex
    friend bool operator==(const Presence&, const Presence&) = default;
};

/// Who approved when root broke the glass: it is in the log under this name.
inline constexpr std::string_view glass_breaker = "root (break glass)";

/// The namespace of SSH signatures, and the prefix of what a browser signs.
inline constexpr std::string_view approval_namespace = "agentd-approve@v1";

/// The ASCII bytes that a browser signs for a statement of this digest (hex), and of which the
/// challenge of a passkey is made.
std::string browser_message(std::string_view statement_sha256);

core::Json to_json(const Presence& presence);
core::Result<Presence> presence_from_json(const core::Json& value);

/// Who signed exactly these bytes. Problems: `wrong_digest` (signed other bytes), `unknown_key`,
/// `bad_signature`, `bad_armor`, `bad_namespace`, `unsupported_key`, those of verify_assertion,
/// `presence` (a method that proves nobody), `break_glass` (carries no signature; only a root peer
/// may use it). The counter of a passkey is compared by who remembers it.
core::Result<Approver> verify_presence(std::string_view statement_bytes, const Presence& presence,
                                       std::span<const Approver> approvers);

/// The namespace and prefix of a confirmation, which no approval can be taken for.
inline constexpr std::string_view confirmation_namespace = "agentd-confirm@v1";

/// Who confirmed with exactly this nonce: SSH signs its ASCII bytes, a browser `agentd-confirm@v1:`
/// + nonce, a passkey a challenge made of that. Problems: `wrong_nonce`, else those of
/// verify_presence.
core::Result<Approver> verify_confirmation(std::string_view nonce, const Presence& presence,
                                           std::span<const Approver> approvers);

/// What a browser's key or a passkey signs to be let in, and nothing else.
inline constexpr std::string_view login_namespace = "agentd-login@v1";

/// Whose key signed this challenge; `signed_digest` is not looked at. Problems: those of
/// verify_presence.
core::Result<Approver> verify_login(std::string_view challenge, const Presence& presence,
                                    std::span<const Approver> approvers);

} // namespace agentd::proposals
