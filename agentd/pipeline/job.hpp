/// @file
/// A proposal with its names parsed, as the pipeline's steps pass it on.
#pragma once

#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "agentd/pipeline/pipeline.hpp"

namespace agentd::pipeline {

/// Of a change; nothing else has any.
struct Commits {
    core::Commit base;
    core::Commit candidate;
    std::string branch{};
};

struct Pipeline::Job {
    core::ProposalId id;
    store::ProposalRow row;
    proposals::Draft draft;
    core::HostName host;
    std::optional<Commits> commits{};
};

/// `approval.granted`, on the sequencer's thread.
void grant(Ledger& ledger, const std::string& id, const Consent& consent,
           const stages::Agreed& agreed, const Actor& actor);

} // namespace agentd::pipeline
