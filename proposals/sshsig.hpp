/// @file
/// Signatures made by `ssh-keygen -Y sign` (OpenSSH PROTOCOL.sshsig), Ed25519 only.
#pragma once

#include "agentd/core/result.hpp"

#include <string>
#include <string_view>

namespace agentd::proposals {

inline constexpr std::size_t max_ssh_armor = 4096;

struct SshSignature {
    std::string public_key{}; ///< SSH wire form, `ssh-ed25519`
    std::string namespace_{};
    std::string hash{};      ///< `sha256` or `sha512`
    std::string signature{}; ///< 64 bytes
    friend bool operator==(const SshSignature&, const SshSignature&) = default;
};

/// The 32 key bytes of an `ssh-ed25519` wire key, or the Problem `unsupported_key` / `bad_key`.
core::Result<std::string> ed25519_of_wire(std::string_view wire);

/// Strict: one armour, nothing around it but the last LF, no spare bytes inside. Problems:
/// `bad_armor`, `unsupported_key`.
core::Result<SshSignature> parse_ssh_signature(std::string_view armor);
/// True when it is a signature over `message` in `wanted_namespace` by the key that it carries.
bool verify_ssh_signature(const SshSignature& signature, std::string_view message,
                          std::string_view wanted_namespace);

} // namespace agentd::proposals
