/// @file
/// A person's signature over bytes, for one purpose, with the key that was asked for.
#pragma once

#include "agentd/ctl/context.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace agentd::ctl {

/// Signs with `--key`, by default ~/.ssh/id_ed25519, in this namespace; the Presence as JSON.
std::variant<core::Json, Trouble> sign_with_key(Context& context, const std::string& bytes,
                                                std::string_view purpose);

/// Exit 4: somebody has to be there, or somewhere else.
Trouble needs_presence(std::string message, std::string hint);

} // namespace agentd::ctl
