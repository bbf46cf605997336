/// @file
/// Decide: effects and what is known beside them, joined into facts and judged by the owner's
/// policy.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/result.hpp"
#include "agentd/explanation/explanation.hpp"
#include "policy/decide.hpp"
#include "policy/facts.hpp"
#include "policy/rule.hpp"
#include "proposals/disagreement.hpp"
#include "proposals/effects.hpp"
#include "proposals/evidence.hpp"
#include "proposals/option_change.hpp"
#include "proposals/proposal.hpp"
#include "proposals/switch_plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::stages {

/// The policy of this moment, from its root-owned file. Problems carry file:line:column.
struct CurrentPolicy {
    policy::Policy policy;
    core::Digest digest; ///< of the file's bytes
};
core::Result<CurrentPolicy> load_current_policy(const std::string& file, core::Instant now);

/// What else is known about a verified proposal.
struct Beside {
    std::vector<std::string> warnings{};
    std::optional<std::vector<std::string>> new_warnings{}; ///< that the base does not have
    std::optional<proposals::OptionChanges> options{};      ///< of a change
    std::optional<proposals::Disagreements> disagreement{}; ///< of a change
    explanation::Explanation explanation{};
    std::optional<proposals::SwitchPlan> plan{}; ///< of what is switched to
    std::vector<std::string> notes{}; ///< for people: numbers of a dry run, what stays as it is
    std::optional<bool> confirmed_before{}; ///< of a rollback's system, as root's helper remembers
    std::optional<proposals::EvidenceStatus> rehearsal{};    ///< nullopt: there was none
    std::optional<proposals::EvidenceStatus> dry_activate{}; ///< likewise
    std::optional<std::string> checks{}; ///< passed, failed, none: the flake's own
};

/// What is known of the machine beside a verified proposal.
struct Around {
    std::optional<bool> confirmed_before{}; ///< of a rollback's system, as root's helper remembers
    std::optional<std::string> checks{};    ///< passed, failed, none: the flake's own
    std::optional<bool> build_escapable{};  ///< this machine's Nix has a published hole
    std::optional<bool> options_disagree{}; ///< with what was built; of a change
    std::optional<proposals::EvidenceStatus> rehearsal{};
    std::optional<proposals::EvidenceStatus> dry_activate{};
};

/// What policy may ask about a verified proposal.
policy::Facts facts_of(const proposals::Draft& draft, const proposals::Effects& effects,
                       const Around& around);

/// The canonical explanation document that a person is shown; its digest is bound by the approval.
std::string page_document(const std::string& proposal, const proposals::Draft& draft,
                          const proposals::Effects& effects, const proposals::Verdict& verdict,
                          const Beside& beside);

} // namespace agentd::stages
