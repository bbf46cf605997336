/// @file
/// Whose trust it is: who proposes, of which class of change, on which class of hosts.
#pragma once

#include "agentd/core/json.hpp"
#include "policy/effect_class.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::policy::trust {

/// Least first. `ask`: a person decides, unless the owner's policy says otherwise by itself.
/// `revoked`: nothing happens by itself, whatever policy says.
enum class TrustLevel { revoked, ask, veto, automatic }; ///< `automatic` is written `auto`

std::string_view to_string(TrustLevel level) noexcept;
std::optional<TrustLevel> parse_trust_level(std::string_view text) noexcept;

/// A proposer. Another model, prompt or list of tools under the same name is somebody else.
struct Identity {
    std::string kind{};    ///< human, agent, system, planner
    std::string id{};      ///< at most 256 bytes
    std::string binding{}; ///< hex digest of key, model, prompt and tools; "" where there are none
    auto operator<=>(const Identity&) const = default;
};

/// `agent:claude#0123456789ab`, for people and for the command line.
std::string to_string(const Identity& who);
core::Json to_json(const Identity& who);
core::Result<Identity> identity_from_json(const core::Json& value);

/// Trust is of one key, and goes to no other.
struct Key {
    Identity who{};
    EffectClass effect_class = EffectClass::system;
    std::string host_class{};
    auto operator<=>(const Key&) const = default;
};

std::string to_string(const Key& key);

/// The highest level that there is for a class, whatever is earned and signed: what is new on a
/// machine, and what can lose it, is always for a person.
TrustLevel ceiling(EffectClass effect_class) noexcept;

/// What a rule may see of a level while nobody has proved whose a proposal is: a name is agentd's
/// word, and a borrowed one lifts nothing. Revoked stays revoked.
TrustLevel without_proof(TrustLevel level) noexcept;

} // namespace agentd::policy::trust
