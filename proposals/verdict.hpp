/// @file
/// What policy answered, with its reasons (`agentd.verdict/1`).
#pragma once

#include "agentd/core/json.hpp"
#include "proposals/obligations.hpp"
#include "proposals/presence_method.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

/// How far a change may go, least first: never, told and kept, put up to be looked at, done once a
/// person agrees, done after a delay unless somebody objects, done. Written `auto` outside for
/// `automatic`.
enum class Level { forbid, observe, propose, approve, veto, automatic };

std::string_view to_string(Level level) noexcept;
std::optional<Level> parse_level(std::string_view text) noexcept;

enum class ReasonEffect {
    grant,
    cap,
    require,
    invariant,
    fallback
}; ///< `fallback` is written `default`

std::string_view to_string(ReasonEffect effect) noexcept;

struct Reason {
    std::string rule{}; ///< name of the rule or invariant
    ReasonEffect effect = ReasonEffect::fallback;
    std::optional<Level> level{};
    std::string why{};     ///< the rule's own text
    std::string because{}; ///< the fact that made it match
    friend bool operator==(const Reason&, const Reason&) = default;
};

struct Verdict {
    static constexpr std::size_t max_reasons = 1024;

    Level level = Level::forbid;
    PresenceMethod presence = PresenceMethod::none;
    std::vector<Reason> reasons{};
    std::vector<std::string> would_change{}; ///< what would have to be different for more
    std::string policy_sha256{};             ///< hex
    Obligations obligations{}; ///< what has to be done besides; a veto's delay is always there
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

core::Json to_json(const Verdict& verdict);
core::Result<Verdict> verdict_from_json(const core::Json& value);

} // namespace agentd::proposals
