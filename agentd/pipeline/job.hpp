/// @file
/// A proposal with its names parsed, as the pipeline's steps pass it on.
#pragma once

#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "agentd/pipeline/pipeline.hpp"

namespace agentd::pipeline {

struct Pipeline::Job {
    core::ProposalId id;
    store::ProposalRow row;
    proposals::Draft draft;
    core::Commit base;
    core::Commit candidate;
    core::HostName host;
};

} // namespace agentd::pipeline
