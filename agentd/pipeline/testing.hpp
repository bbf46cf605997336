/// @file
/// A change as the stages are asked about it: its test with the flake's own checks, and the other
/// hosts.
#pragma once

#include "agentd/pipeline/job.hpp"
#include "agentd/pipeline/surroundings.hpp"
#include "agentd/stages/hosts.hpp"
#include "agentd/stages/test.hpp"

#include <stop_token>
#include <string>

namespace agentd::pipeline {

/// @param folder of the bare repository, which `repository` is
stages::Candidate candidate_of(const core::ProposalId& id, const Commits& commits,
                               const core::HostName& host, const proposals::Repository& repository,
                               const std::string& folder);

/// Then the flake's own checks that the settings name; only policy judges how they ended.
stages::Step<stages::Tested> test_with_checks(const Surroundings& in,
                                              evaluator::EvaluationShelf& shelf,
                                              const stages::Candidate& candidate,
                                              const stages::Reporter& report,
                                              const std::stop_token& stop);

/// Of a change that was tested and whose other hosts nobody looked at since: the daemon ended, say.
bool looked_at_hosts(const Surroundings& in, const std::string& id);
stages::HostsAsked hosts_asked(const Surroundings& in, const core::ProposalId& id,
                               const Commits& commits, const core::HostName& host);

} // namespace agentd::pipeline
