#include "policy/quorum.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <set>

namespace agentd::policy {

using core::Problem;
using proposals::ApproversNeeded;
using proposals::Role;
using proposals::Via;

namespace {

bool may_judge_himself(const Vote& vote) {
    const bool person = vote.author.kind == "human";
    switch (vote.policy.self_approval) {
    case SelfApproval::never:
        return false;
    case SelfApproval::terminal:
        return person && vote.author.via == Via::terminal;
    case SelfApproval::person:
        return person && vote.author.via != Via::unknown && vote.author.via != Via::program;
    }
    return false;
}

} // namespace

Policy asking(Policy policy) {
    const auto most = proposals::Level::approve;
    policy.level = std::min(policy.level, most);
    for (Rule& rule : policy.rules) {
        if (rule.effect == RuleEffect::grant && rule.level && *rule.level > most) {
            rule.level = most;
            rule.presence.reset();
            rule.obligations.delay = {};
        }
    }
    return policy;
}

core::Result<core::Done> may_agree(const Vote& vote, std::string_view name) {
    if (role_of(vote.policy, name) == Role::viewer) {
        return Problem{.code = "viewer",
                       .message = std::string(name) + " may look, and approve nothing",
                       .hint = "the roles are in policy.toml; somebody else has to approve it"};
    }
    if (core::to_lower(name) == core::to_lower(vote.author.id) && !may_judge_himself(vote)) {
        return Problem{.code = "own_proposal",
                       .message = "nobody approves his own proposal, and this one is " +
                                  std::string(name) + "'s",
                       .hint = "somebody else has to approve it; `self_approval` in policy.toml "
                               "says when its author may"};
    }
    return core::Done{};
}

std::vector<ApproversNeeded> still_needed(const Vote& vote, std::span<const std::string> names) {
    const auto having = [&](Role role) {
        std::set<std::string> people; // `Alice` and `alice` are one
        for (const std::string& name : names) {
            if (may_agree(vote, name) && role_of(vote.policy, name) >= role) {
                people.insert(core::to_lower(name));
            }
        }
        return static_cast<std::int64_t>(people.size());
    };
    std::vector<ApproversNeeded> missing;
    auto wanted = vote.obligations.approvers;
    if (wanted.empty()) {
        wanted.push_back({.n = 1, .role = Role::approver});
    }
    for (const ApproversNeeded& each : wanted) {
        const std::int64_t more = each.n - having(each.role);
        if (more > 0) {
            missing.push_back({.n = more, .role = each.role});
        }
    }
    return missing;
}

bool needs_several(const proposals::Obligations& obligations) noexcept {
    return std::any_of(obligations.approvers.begin(), obligations.approvers.end(),
                       [](const ApproversNeeded& each) { return each.n > 1; });
}

std::string describe(const std::vector<ApproversNeeded>& needed) {
    // Whoever is of the higher role is of the lower one as well.
    std::vector<std::string> parts;
    std::int64_t counted = 0;
    for (auto each = needed.rbegin(); each != needed.rend(); ++each) {
        const std::int64_t more = each->n - counted;
        if (more > 0) {
            counted = each->n;
            parts.insert(parts.begin(),
                         (more == 1 ? "one more " : std::to_string(more) + " more ") +
                             std::string(each->role == Role::admin ? "admin" : "approver") +
                             (more == 1 ? "" : "s"));
        }
    }
    const bool one = counted == 1;
    return parts.empty() ? ""
                         : core::join(parts, " and ") + (one ? " has" : " have") + " to approve";
}

} // namespace agentd::policy
