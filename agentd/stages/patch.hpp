/// @file
/// Patch: from operations or a submitted diff to one commit in the daemon's own repository.
#pragma once

#include "agentd/analysis/worker.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "proposals/git.hpp"
#include "proposals/plan/plan.hpp"
#include "proposals/proposal.hpp"
#include "store/blobs.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace agentd::stages {

/// Whole files, and what they were made of where that was operations: inputs at newer revisions.
struct Files {
    std::vector<proposals::FileEdit> edits{};
    std::optional<proposals::plan::Request> operations{};
    std::vector<proposals::plan::Step> steps{};
};

/// What is asked for, in the proposer's own words. Nothing here is believed.
struct Request {
    std::string title{};
    std::string rationale{};
    proposals::Source source{};
    proposals::Proposer proposer{};
    std::optional<std::string> goal{};
    std::optional<std::string> observation{};
    /// A unified diff, typed operations, or whole files (a revert); each goes through the same
    /// intake.
    std::variant<std::string, proposals::plan::Request, Files> change{};
    /// The commit the proposer looked at; nullopt means the head as it is now.
    std::optional<core::Commit> base{};
};

struct PatchPlace {
    proposals::Repository& repository;
    store::Blobs& blobs;
    core::HostName host;
    std::string branch{};
    core::Commit head; ///< of the owner's branch, mirrored a moment ago
    analysis::Worker worker{}; ///< plans operations
    std::string index{};       ///< the file of the host's index at the head; "" where there is none
    std::stop_token stop{};
};

/// The words of a request as a draft that has no number and no revision yet.
proposals::Draft draft_of(const Request& request, const core::HostName& host);

/// Makes the commit and its ref; all fields of the draft but `number` are set. Problems of the
/// intake and of `planned` (plan.hpp), or `stale_base` when the base is not the head any more.
core::Result<proposals::Draft> patch(const Request& request, const PatchPlace& place,
                                     const core::ProposalId& id, core::Instant now);

/// What only git and a forge read (`.github/…`, `.gitignore`, `.gitlab-ci.yml`), as plain text: no
/// proposal may bring it, in a commit of the owner's own it stands beside the change.
bool of_the_forge(const proposals::FileEdit& edit);

/// The same for a commit that is in the repository already: what it has otherwise than the head
/// goes through the same intake, but for what is of_the_forge(), and what `request.change` holds
/// does not count. Problems: `no_change` when its files are those of the head, and those of the
/// intake.
core::Result<proposals::Draft> adopt(const Request& request, const PatchPlace& place,
                                     const core::ProposalId& id, const core::Commit& candidate);

} // namespace agentd::stages
