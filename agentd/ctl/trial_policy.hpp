/// @file
/// What a policy would decide of a trial: one that is given, or the one that the base's system has.
#pragma once

#include "agentd/ctl/trial.hpp"
#include "agentd/stages/decide.hpp"
#include "agentd/stages/explain.hpp"

#include <optional>
#include <string>

namespace agentd::ctl {

/// The file that was given, read before anything is tested; nullopt when none was.
core::Result<std::optional<stages::CurrentPolicy>> given_policy(const Trial& trial,
                                                                core::Instant now);

struct Judged {
    std::optional<proposals::Verdict> verdict{};
    std::string file{};
    std::string note{}; ///< why there is no verdict, where somebody may expect one
};

/// Without a given policy that of `base`, `etc/agentd/policy.toml`: never the candidate's own.
Judged judge(const Trial& trial, const proposals::Draft& draft, const stages::Explained& found,
             const core::StorePath& base, const std::optional<stages::CurrentPolicy>& given,
             core::Instant now);

} // namespace agentd::ctl
