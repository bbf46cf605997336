/// @file
/// Facts and a policy in, a verdict with its reasons out. No clock, no files: same input, same
/// verdict.
#pragma once

#include "policy/rule.hpp"
#include "proposals/verdict.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::policy {

/// What became of one rule. Unknown conditions fail a grant and hold for a cap, a require and an
/// invariant.
struct Trace {
    std::size_t rule = 0;
    bool counts = false;
    Truth truth = Truth::no; ///< of all its conditions together
    std::optional<std::size_t>
        condition{}; ///< the first that failed, or else the first that is unknown
};

struct Decision {
    proposals::Verdict verdict{};
    std::vector<Trace> rules{};      ///< one for each rule of the policy, in its order
    std::vector<Trace> invariants{}; ///< one for each of invariants()
};

/// level = min(max(default, grants), caps, invariants); a rule that requires a presence or approvers
/// also holds the level at approve, or nobody would be there to show it, and one that requires a
/// delay at veto. presence = max(min(default, grants'), requires'), and none where nobody has to
/// approve (veto, auto). Obligations: obligations_of().
Decision judge(const Policy& policy, const Facts& facts);
proposals::Verdict decide(const Policy& policy, const Facts& facts);

} // namespace agentd::policy
