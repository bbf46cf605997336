/// @file
/// The ways in which a person can prove to be there, weakest first.
#pragma once

#include <optional>
#include <string_view>

namespace agentd::proposals {

enum class PresenceMethod {
    none,
    browser,
    password,
    ssh,
    passkey,
    break_glass, ///< root by hand: beside the ladder, satisfies nothing by itself
};

std::string_view to_string(PresenceMethod method) noexcept;
std::optional<PresenceMethod> parse_presence_method(std::string_view text) noexcept;

/// True when `given` is at least as strong as `needed`. Break-glass never is: its caller decides by
/// itself.
bool satisfies(PresenceMethod given, PresenceMethod needed) noexcept;

} // namespace agentd::proposals
