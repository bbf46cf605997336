/// @file
/// Decide: effects and what is known beside them, joined into facts and judged by the owner's policy.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/result.hpp"
#include "policy/decide.hpp"
#include "policy/facts.hpp"
#include "policy/rule.hpp"
#include "proposals/effects.hpp"
#include "proposals/proposal.hpp"

#include <string>

namespace agentd::stages {

/// The policy of this moment, from its root-owned file. Problems carry file:line:column.
struct CurrentPolicy {
    policy::Policy policy;
    core::Digest digest; ///< of the file's bytes
};
core::Result<CurrentPolicy> load_current_policy(const std::string& file, core::Instant now);

/// What policy may ask about a tested proposal.
policy::Facts facts_of(const proposals::Draft& draft, const proposals::Effects& effects);

/// The canonical explanation document that a person is shown; its digest is bound by the approval.
std::string page_document(const std::string& proposal, const proposals::Draft& draft,
                          const proposals::Effects& effects, const proposals::Verdict& verdict,
                          const std::vector<std::string>& warnings);

} // namespace agentd::stages
