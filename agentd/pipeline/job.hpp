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

} // namespace agentd::pipeline
