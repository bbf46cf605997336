/// @file
/// Whether an sshd lets somebody in: a whole key exchange, and a login where there is a key.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/probe/connect.hpp"

#include <string>

namespace agentd::probe {

/// A private key in memory; gone with its owner.
struct Login {
    std::string user{};
    std::string key{}; ///< OpenSSH or PEM, without a passphrase
    Login() = default;
    Login(Login&&) = default;
    Login& operator=(Login&&) = default;
    ~Login();
};

/// The file has to be root's (or ours) and nobody else's to read.
core::Result<Login> read_login(const std::string& user, const std::string& key_file);

/// Reads what libssh2 and the library of its ciphers want to know. False when it cannot be.
bool begin_ssh();
/// @param login with an empty user: the key exchange alone (with it sshd has read its whole
/// configuration and signed with its host key).
Answer ssh(const core::Fd& connection, const Login& login, const Patience& patience);

} // namespace agentd::probe
