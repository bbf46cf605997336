/// @file
/// What a trial is about, as commits in a repository of its own.
#pragma once

#include "agentd/ctl/trial.hpp"
#include "proposals/git.hpp"

namespace agentd::ctl {

struct TrialCommits {
    core::Commit base;
    std::optional<core::Commit> candidate{}; ///< nullopt: a patch makes it
    std::string base_name{};                 ///< as it was given, or the branch that HEAD is on
};

/// Takes the commits over from the clone into `own`; `refs/upstream/base` is the base. Says what of
/// the work tree is not tested. Problems: as of ForeignClone, `nothing_to_test`, `two_changes`,
/// `dirty`, `missing_objects`.
core::Result<TrialCommits> take_commits(const Trial& trial, const TrialTools& tools,
                                        proposals::Repository& own);

} // namespace agentd::ctl
