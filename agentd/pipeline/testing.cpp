#include "agentd/pipeline/testing.hpp"

#include "agentd/stages/checks.hpp"

#include <algorithm>

namespace agentd::pipeline {

namespace {

std::string repository_of(const Surroundings& in) {
    return in.config.state.directory + "/repository.git";
}

evaluator::FlakeSource base_of(const Commits& commits, const std::string& folder) {
    return {.repository = folder, .ref = "refs/upstream/" + commits.branch, .commit = commits.base};
}

evaluator::FlakeSource source_of(const core::ProposalId& id, const Commits& commits,
                                 const std::string& folder) {
    return {.repository = folder, .ref = "refs/agentd/" + id.str(), .commit = commits.candidate};
}

} // namespace

stages::Candidate candidate_of(const core::ProposalId& id, const Commits& commits,
                               const core::HostName& host, const proposals::Repository& repository,
                               const std::string& folder) {
    return {.id = id,
            .source = source_of(id, commits, folder),
            .host = host,
            .options =
                stages::option_scope(repository, base_of(commits, folder), commits.candidate)};
}

stages::Step<stages::Tested> test_with_checks(const Surroundings& in,
                                              evaluator::EvaluationShelf& shelf,
                                              const stages::Candidate& candidate,
                                              const stages::Reporter& report,
                                              const std::stop_token& stop) {
    const stages::TestTools tools{.nix = in.nix,
                                  .blobs = in.blobs,
                                  .clock = in.clock,
                                  .gc_roots = in.config.state.directory + "/gcroots",
                                  .shelf = &shelf};
    auto tested = stages::test(candidate, tools, report, stop);
    if (auto* done = std::get_if<stages::Tested>(&tested)) {
        done->checks = stages::run_checks({.candidate = candidate,
                                           .wanted = in.config.nix.checks,
                                           .most = in.config.nix.checks_time},
                                          tools, report, stop)
                           .fact();
    }
    return tested;
}

bool looked_at_hosts(const Surroundings& in, const std::string& id) {
    const auto rows = in.sequencer.ask([&] { return in.ledger.queries().evidence(id); });
    return std::any_of(rows.begin(), rows.end(), [](const auto& row) {
        return row.evidence.level == proposals::EvidenceLevel::hosts;
    });
}

stages::HostsAsked hosts_asked(const Surroundings& in, const core::ProposalId& id,
                               const Commits& commits, const core::HostName& host) {
    const auto folder = repository_of(in);
    return {.base = base_of(commits, folder),
            .candidate = source_of(id, commits, folder),
            .host = host};
}

} // namespace agentd::pipeline
