/// @file
/// What a person signs so that somebody's changes of a class need nobody for a while
/// (`agentd.trust-grant/1`).
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/result.hpp"
#include "policy/trust/identity.hpp"
#include "proposals/presence.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace agentd::policy::trust {

/// The namespace of its SSH signatures: no approval can be taken for a grant.
inline constexpr std::string_view grant_namespace = "agentd-trust@v1";

/// It names what it was signed under, and holds no longer than that: another policy or another
/// agentd ends it.
struct Grant {
    static constexpr std::size_t max_bytes = 8U << 10;
    static constexpr std::chrono::days longest{30};

    Key key{};
    /// `ask` takes a revocation back, and gives nothing.
    TrustLevel level = TrustLevel::ask;
    std::string host{};
    std::string machine_id{};
    std::string policy_sha256{};
    std::string agentd_version{};
    /// What the person was shown as earned: counted applies, and the size of the log it is of.
    std::int64_t applies = 0;
    std::int64_t log_size = 0;
    std::string reason{};
    core::Instant not_before{};
    core::Instant expires{};
    std::string nonce{}; ///< 64 hex digits, once
    friend bool operator==(const Grant&, const Grant&) = default;
};

/// RFC 8785 form: what is signed.
std::string canonical_bytes(const Grant& grant);
core::Json to_json(const Grant& grant);
/// Only the very bytes that `canonical_bytes` writes. Problems: `too_large`, `bad_json`,
/// `bad_value`, `unknown_field`, `bad_grant` (the level is above the class's ceiling or is
/// `revoked`, it lasts longer than 30 days or ends before it begins), `not_canonical`.
core::Result<Grant> parse_grant(std::string_view bytes);

/// The name of the approver whose SSH key signed exactly these bytes for this purpose. Problems:
/// `wrong_digest`, `unknown_key`, `bad_armor`, `unsupported_key`, `bad_namespace`, `bad_signature`.
core::Result<std::string> verify_grant(std::string_view bytes, const proposals::Presence& presence,
                                       std::span<const proposals::Approver> approvers);

} // namespace agentd::policy::trust
