/// @file
/// Bytes signed by a person's SSH key, through `ssh-keygen -Y sign`.
#pragma once

#include "agentd/core/result.hpp"
#include "agentd/ctl/surroundings.hpp"
#include "proposals/presence.hpp"

#include <string>
#include <string_view>

namespace agentd::ctl {

struct SigningKey {
    std::string program{}; ///< absolute path of ssh-keygen
    std::string file{};    ///< private key, or a public key whose other half an agent holds
};

/// ssh-keygen keeps the terminal, so that it can ask for a passphrase or a touch. The bytes lie in a
/// directory of our own for as long as it takes. What comes back is checked to be a signature over
/// exactly these bytes, for this purpose (a namespace of SSH's). Problems: `presence` (no key, not
/// signed), `declined` (interrupted).
core::Result<proposals::Presence> sign_bytes(std::string_view bytes, std::string_view purpose,
                                             const SigningKey& key, const Surroundings& around);

} // namespace agentd::ctl
