/// @file
/// The root-owned list of keys that may approve: one a line, `<method> <name> <public key …>`.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/presence_method.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

struct Approver {
    PresenceMethod method = PresenceMethod::ssh; ///< ssh or browser
    std::string name{};                          ///< `[A-Za-z0-9._@-]`, at most 64 bytes
    std::string key{};    ///< bytes: SSH wire form, or DER SubjectPublicKeyInfo
    std::string key_id{}; ///< `SHA256:` + unpadded base64 of SHA-256(key)
    std::string label{};  ///< comment or label, for people; may be empty
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
/// `bad_key`.
core::Result<Approver> parse_approver_line(std::string_view line);
/// The line that `parse_approver_line` reads back to the same value.
std::string approver_line(const Approver& approver);
/// nullptr when no such key is in the list.
const Approver* find_approver(std::span<const Approver> approvers, PresenceMethod method,
                              std::string_view key_id) noexcept;
/// `SHA256:` + unpadded base64, as `ssh-keygen -l` prints it.
std::string key_id_of(std::string_view key);

} // namespace agentd::proposals
