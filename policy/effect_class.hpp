/// @file
/// How much of a machine a change is about: one class of seven, and the warnings with a name.
#pragma once

#include "proposals/effects.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace agentd::policy {

/// Least first. Trust is earned and granted by class, and never moves from one to another.
enum class EffectClass {
    nothing,       ///< nothing that runs is otherwise: another commit's name, a comment
    package,       ///< packages of people, no unit touched
    upstream_bump, ///< versions that move with an input of the same branch
    setting,       ///< how something that runs already runs
    reach,         ///< a new service, port, account, input of trust, or code that runs as root
    system, ///< boot, kernel, disks, who gets in, firewall, secrets, Nix, the network path, unknown
    self,   ///< agentd itself, and what judges it
};

std::string_view to_string(EffectClass effect_class) noexcept;
std::optional<EffectClass> parse_effect_class(std::string_view text) noexcept;
/// What a person reads about it, one sentence without full stop.
std::string_view meaning_of(EffectClass effect_class) noexcept;

/// What is known of where a change comes from, and moves effects down to their class.
struct Origin {
    /// Proved by whoever judges: an input moved within its branch and nothing else was edited. A
    /// version is then of class upstream_bump, of kernel and init too; what is configured stays
    /// what it is.
    bool upstream_bump = false;
};

/// Never below what the kind stands for; above it where the effect is graver than usual. A kind
/// that nobody knows is `system`.
EffectClass class_of(const proposals::Effect& effect, Origin origin);
/// The highest of its effects, so that one more never lowers it, and parts are never higher than
/// their sum nor all of them lower. At least `system` where the effects are truncated.
EffectClass class_of(const proposals::Effects& effects, Origin origin);

/// A warning that is the same word in rules, log and screens: `PORT_OPENED`.
struct NamedWarning {
    std::string_view name{};
    std::string_view text{}; ///< what a person reads, one sentence without full stop
    friend bool operator==(const NamedWarning&, const NamedWarning&) = default;
};

/// Every one there is, gravest first.
const std::vector<NamedWarning>& named_warnings();
/// Those that an effect of this kind raises; nullptr when it raises none.
const NamedWarning* warning_of(std::string_view kind) noexcept;
/// Each once, gravest first; `UNCLASSIFIED` also for a kind that nobody knows, `TRUNCATED` where
/// more was found than is listed.
std::vector<NamedWarning> warnings_of(const proposals::Effects& effects);

} // namespace agentd::policy
