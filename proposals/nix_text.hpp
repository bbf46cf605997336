/// @file
/// Literals of the Nix language, written in exactly one form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// May stand for itself as the name of an attribute: no quotes, no keyword.
bool is_nix_identifier(std::string_view text) noexcept;
/// A name of an attribute, quoted where it has to be.
std::string nix_name(std::string_view name);

/// A double-quoted Nix string that evaluates to `text` and interpolates nothing. One line.
std::string nix_string(std::string_view text);
/// Negative numbers are in parentheses, so that they may stand in a list.
std::string nix_integer(std::int64_t number);

} // namespace agentd::proposals
