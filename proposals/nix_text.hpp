/// @file
/// Literals of the Nix language, written and read in exactly one form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// May stand for itself as the name of an attribute: no quotes, no keyword.
bool is_nix_identifier(std::string_view text) noexcept;
/// A name of an attribute, quoted where it has to be.
std::string nix_name(std::string_view name);

/// A double-quoted Nix string that evaluates to `text` and interpolates nothing. One line.
std::string nix_string(std::string_view text);
/// Takes a string literal as `nix_string` writes it off `rest`.
std::optional<std::string> take_nix_string(std::string_view& rest);
/// Negative numbers are in parentheses, so that they may stand in a list.
std::string nix_integer(std::int64_t number);
/// Takes a number as `nix_integer` writes it off `rest`.
std::optional<std::int64_t> take_nix_integer(std::string_view& rest);

} // namespace agentd::proposals
