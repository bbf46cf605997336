/// @file
/// Whether an sshd lets somebody in: a whole key exchange, and a login where there is a key.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/probe/answer.hpp"
#include "agentd/probe/endpoint.hpp"

#include <chrono>
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

/// @param login with an empty user: the key exchange alone (with it sshd has read its whole
/// configuration and signed with its host key).
Answer ssh(const Endpoint& endpoint, std::chrono::seconds limit, const Login& login);

} // namespace agentd::probe
