/// @file
/// The root-owned list of keys that may approve: one a line, `<method> <name> <public key …>`; of a
/// passkey `passkey <name> <credential id> <SPKI> <rp id> <origin[,origin…]>`.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/presence_method.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

/// What a passkey is bound to, besides its key (WebAuthn).
struct Passkey {
    std::string credential{};           ///< id, 1 to 1023 bytes
    std::string rp_id{};                ///< host name that the browser binds it to
    std::vector<std::string> origins{}; ///< 1 to 8 pages that may ask for it, as browsers say them
    friend bool operator==(const Passkey&, const Passkey&) = default;
};

struct Approver {
    PresenceMethod method = PresenceMethod::ssh; ///< ssh, browser or passkey
    std::string name{};                          ///< `[A-Za-z0-9._@-]`, at most 64 bytes
    std::string key{};    ///< bytes: SSH wire form, or DER SubjectPublicKeyInfo
    std::string key_id{}; ///< `SHA256:` + unpadded base64 of SHA-256(key)
    std::string label{};  ///< comment or label, for people; may be empty
    Passkey passkey{};    ///< of a passkey only
    friend bool operator==(const Approver&, const Approver&) = default;
};

struct Approvers {
    static constexpr std::size_t max_bytes = 256U << 10;
    static constexpr std::size_t max_lines = 1024;

    std::vector<Approver> approvers{};
    /// One for each line that was not taken; `where` is `line N`. The other lines still count.
    std::vector<core::Problem> problems{};
};

/// Blank lines and lines that begin with `#` are skipped. A key that stands twice counts once.
Approvers parse_approvers(std::string_view text);
/// One line of the file, without LF. Problems: `bad_line`, `bad_name`, `unsupported_key`,
/// `bad_key`, `bad_origin`.
core::Result<Approver> parse_approver_line(std::string_view line);
/// The line that `parse_approver_line` reads back to the same value.
std::string approver_line(const Approver& approver);
/// nullptr when no such key is in the list.
const Approver* find_approver(std::span<const Approver> approvers, PresenceMethod method,
                              std::string_view key_id) noexcept;
/// `[A-Za-z0-9._@-]`, 1 to 64 bytes.
bool is_approver_name(std::string_view text) noexcept;
/// The host of an origin where a browser has passkeys: `https://` and a name, or
/// `http://localhost`, each with a port or without, spelled as a browser does. Else nullopt.
std::optional<std::string_view> passkey_host(std::string_view origin);
/// `SHA256:` + unpadded base64, as `ssh-keygen -l` prints it.
std::string key_id_of(std::string_view key);

} // namespace agentd::proposals
