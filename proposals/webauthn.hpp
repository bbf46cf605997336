/// @file
/// What a passkey says (W3C Web Authentication, level 2): the assertion that signs a message, and
/// the registration of a new one.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/approvers.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// What `navigator.credentials.get` answers, as bytes. Proves nothing by itself.
struct Assertion {
    std::string authenticator_data{}; ///< at most 1 KiB
    std::string client_data{};        ///< JSON, at most 1 KiB
    std::string signature{};          ///< at most 512 bytes
    friend bool operator==(const Assertion&, const Assertion&) = default;
};

/// The longest text of an assertion.
inline constexpr std::size_t max_assertion = 4096;

/// Strict base64 of the three, with a `.` between. Problem: `bad_assertion`.
core::Result<Assertion> parse_assertion(std::string_view text);
/// The text that `parse_assertion` reads back to the same value.
std::string assertion_text(const Assertion& assertion);

/// The challenge for a message (its purpose stands in front of it): base64url, without padding, of
/// its SHA-256.
std::string passkey_challenge(std::string_view message);

/// Whether the passkey signed exactly this message, at one of the origins it was enrolled for, with
/// somebody there (UP) who showed that it is them (UV). Returns the signature counter; comparing it
/// is the caller's. Problems, in the order of the checks: `bad_assertion`, `wrong_challenge`,
/// `wrong_origin`, `wrong_site`, `not_verified`, `bad_signature`.
core::Result<std::uint32_t> verify_assertion(const Assertion& assertion, std::string_view message,
                                             const Approver& passkey);

/// The counter that a well-formed assertion carries; nothing is verified.
core::Result<std::uint32_t> counter_of(const Assertion& assertion);

/// What `navigator.credentials.create` answers, as bytes. Nobody attests it: whoever may enrol (a
/// link of root's) vouches for it.
struct Registration {
    std::string authenticator_data{};
    std::string client_data{};
    std::string spki{}; ///< `getPublicKey()`
};

/// Strict base64 of the three, with a `.` between. Problem: `bad_assertion`.
core::Result<Registration> parse_registration(std::string_view text);

struct Registered {
    Passkey passkey{};
    std::uint32_t counter = 0;
};

/// The passkey as it stands in the approvers file, for the one origin where it was made. Problems:
/// `bad_key`, `bad_assertion`, `wrong_challenge`, `wrong_origin` (not one of `origins`, or one
/// where no browser has passkeys), `wrong_site`, `not_verified`.
core::Result<Registered> check_registration(const Registration& registration,
                                            std::string_view message,
                                            std::span<const std::string> origins);

} // namespace agentd::proposals
