/// @file
/// The states of a proposal and the one table of allowed transitions.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace agentd::proposals {

enum class State {
    drafted,     ///< written down, nothing checked
    checking,    ///< being evaluated and built
    verified,    ///< built; its effects are known
    decided,     ///< policy has spoken; may wait for a person
    approved,    ///< policy or a named person agreed to these bytes
    applying,    ///< the helper was asked
    confirmed,   ///< applied and healthy
    rolled_back, ///< applied, unwell, taken back
    failed,      ///< applying went wrong; a person has to look
    refused,     ///< a check said no
    denied,      ///< policy or a person said no
    withdrawn,   ///< its proposer took it back
    superseded,  ///< another proposal does the same better
    lapsed,      ///< nobody looked; never the same as denied
    expired,     ///< the approval ran out before it was used
    stale,       ///< base, policy or machine changed; verifying again reopens it
};

inline constexpr std::array all_states{
    State::drafted,    State::checking, State::verified,  State::decided,
    State::approved,   State::applying, State::confirmed, State::rolled_back,
    State::failed,     State::refused,  State::denied,    State::withdrawn,
    State::superseded, State::lapsed,   State::expired,   State::stale};

std::string_view to_string(State state) noexcept;
std::optional<State> parse_state(std::string_view text) noexcept;

struct Transition {
    State from{};
    State to{};
    std::string_view when{}; ///< for people
};

/// Every allowed transition; nothing else is.
std::span<const Transition> transitions() noexcept;
bool may_go(State from, State to) noexcept;
/// Open: keeps its number, may still be worked on. Stale and expired are open: they can be verified
/// again.
bool is_open(State state) noexcept;
/// The table as Markdown, for the documentation.
std::string transitions_as_markdown();

} // namespace agentd::proposals
