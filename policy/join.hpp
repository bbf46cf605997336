/// @file
/// Joins effects and what else is known about a proposal into facts.
#pragma once

#include "policy/effect_class.hpp"
#include "policy/facts.hpp"
#include "proposals/effects.hpp"
#include "proposals/operations.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::policy {

/// What the two closures do not tell. What is not given stays unknown, and unknown never helps.
struct Context {
    std::optional<std::string> host{};
    std::optional<std::string> proposer_kind{}; ///< human, agent, system, planner
    std::optional<std::string> proposer_id{};
    std::optional<std::string> source{};             ///< words, playbook, patch, operations, model
    std::optional<std::vector<std::string>> paths{}; ///< files of the patch
    std::optional<std::vector<std::string>> flags{}; ///< what intake says of them
    std::optional<std::int64_t> lines{};             ///< lines added and removed
    /// As asked for; never for a raw patch, or where more comes with them.
    std::optional<std::vector<proposals::OptionPath>> option_paths{};
    std::optional<std::string> evidence_build{};  ///< a status of Evidence
    std::optional<std::string> evidence_checks{}; ///< passed, failed, none
    std::optional<std::string> evidence_dry_activate{};
    std::optional<std::string> evidence_rehearsal{};
    std::optional<std::int64_t> evidence_age{}; ///< seconds since the build
    /// Whoever builds here could be fooled by what it builds; says nothing of what is not built.
    std::optional<bool> build_escapable{};
    /// The options say other things than what was built; says nothing of what is not evaluated.
    std::optional<bool> options_disagree{};
    std::optional<std::string> revision{}; ///< change, act, rollback
    /// Proved by who asks: the change only moves versions, with an input of the same branch.
    std::optional<bool> upstream_bump{};
    /// A rollback's system was applied by agentd on this machine and found healthy.
    std::optional<bool> confirmed_before{};
    std::optional<std::string> proposer_trust{}; ///< revoked, ask, veto, auto
    /// Of what happened by itself since a person agreed to a change, without this one.
    std::optional<EffectClass> class_since_person{};
    std::optional<std::int64_t> steps_since_person{};
};

/// A text that is not one of a fact's names leaves the fact unknown. Where the effects are
/// truncated, everything that is counted or listed from them is unknown.
Facts facts_from(const proposals::Effects& effects, const Context& context);

/// `8080/tcp` from the ways in which ports are written (`tcp/8080`, `TCP 8080`, `8080/tcp`); the
/// text itself when it is none of them.
std::string canonical_port(std::string_view subject);

} // namespace agentd::policy
