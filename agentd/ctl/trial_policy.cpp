#include "agentd/ctl/trial_policy.hpp"

#include "agentd/core/failure.hpp"
#include "policy/decide.hpp"

#include <filesystem>

namespace agentd::ctl {

using core::Result;
using stages::CurrentPolicy;

namespace {

proposals::Verdict decide(const CurrentPolicy& policy, const proposals::Draft& draft,
                          const stages::Explained& found) {
    // Of the machine it is meant for nothing is known here, and what is unknown never helps.
    return policy::decide(
        policy.policy,
        stages::facts_of(draft, found.effects,
                         {.checks = found.tested.checks,
                          .options_disagree = found.disagreement
                                                  ? proposals::disagree(*found.disagreement)
                                                  : std::nullopt,
                          .rehearsal = found.rehearsal,
                          .dry_activate = found.dry_activate}));
}

} // namespace

Result<std::optional<CurrentPolicy>> given_policy(const Trial& trial, core::Instant now) {
    if (!trial.policy) {
        return std::optional<CurrentPolicy>();
    }
    std::error_code error;
    if (std::filesystem::exists(*trial.policy, error) &&
        !std::filesystem::is_regular_file(*trial.policy, error)) {
        return core::Problem{.code = "bad_policy", // a pipe may never end
                             .message = "the policy is no plain file",
                             .where = *trial.policy};
    }
    auto loaded = stages::load_current_policy(*trial.policy, now);
    if (!loaded) {
        return loaded.problem();
    }
    return std::optional(std::move(*loaded));
}

Judged judge(const Trial& trial, const proposals::Draft& draft, const stages::Explained& found,
             const core::StorePath& base, const std::optional<CurrentPolicy>& given,
             core::Instant now) {
    if (given) {
        return {.verdict = decide(*given, draft, found), .file = *trial.policy};
    }
    std::error_code error;
    const std::string named = base.str() + "/etc/agentd/policy.toml";
    const auto file = std::filesystem::canonical(named, error);
    // A flake may name any file; only what it built is read.
    if (error || !file.string().starts_with("/nix/store/")) {
        return {};
    }
    try {
        const auto own = stages::load_current_policy(file.string(), now);
        if (own) {
            return {.verdict = decide(*own, draft, found), .file = named};
        }
        return {.note = "the policy of the base is not understood: " + own.problem().where + ": " +
                        own.problem().message};
    } catch (const core::Failure& failure) {
        return {.note = std::string("the policy of the base cannot be read: ") + failure.what()};
    }
}

} // namespace agentd::ctl
