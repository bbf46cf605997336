/// @file
/// What a policy says without effect: rules that never count, never matter, or promise too much.
#pragma once

#include "policy/rule.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::policy {

/// One thing that its writer did not mean.
struct Finding {
    /// `unsatisfiable` (no facts meet its conditions), `shadowed` (whenever it counts, others say
    /// as much), `always_capped` (a grant that rules hold below its level whenever it counts),
    /// `above_invariant` (a grant that a limit in code holds), `daemon_says` (a grant above approve
    /// that asks for a fact which only the daemon knows), `idle` (a cap or a require that
    /// never holds anything lower than it is without it), `undecided` (too much to work out).
    std::string code{};
    std::string rule{};
    bool note = false;                 ///< harmless, and may be meant: `idle`, `undecided`
    std::string where{};               ///< file:line:column of the rule, when the policy was loaded
    std::vector<std::string> others{}; ///< the rules that make it so, at most 16
    std::string message{};             ///< one sentence
    std::optional<Facts> witness{}; ///< facts under which it is seen; none when there are no such
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// In the order of the rules, at most one for each. Says nothing wrong: what is not proved is not
/// found.
std::vector<Finding> check_policy(const Policy& policy);

} // namespace agentd::policy
