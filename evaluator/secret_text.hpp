/// @file
/// Texts of a configuration that are not shown, because they look like secrets.
#pragma once

#include <string_view>

namespace agentd::evaluator {

/// Of an option, a variable, an attribute: `password`, `API_KEY`, `wifi.psk`; not `passwordFile`.
bool names_a_secret(std::string_view name);

/// A key, `NAME=value` of a secret, or an address with a password in it.
bool is_secret_text(std::string_view text);

} // namespace agentd::evaluator
