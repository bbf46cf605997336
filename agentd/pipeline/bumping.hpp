/// @file
/// A bump of the flake's inputs, from who wants it to a request for a proposal.
#pragma once

#include "agentd/pipeline/surroundings.hpp"
#include "agentd/stages/bump.hpp"
#include "agentd/stages/patch.hpp"

#include <stop_token>

namespace agentd::pipeline {

/// The words, with the new files of `head` as their change, and `operations` as what these are made
/// of; a title and what moved are added where there are none. nullopt where the operations are no
/// bump. Problems as of stages::bump_of and stages::bump, and `input_not_fetched` where nothing may
/// be fetched.
core::Result<std::optional<stages::Request>>
bump_request(const Surroundings& in, const core::Commit& head, stages::Request words,
             const proposals::plan::Request& operations, const std::stop_token& stop);

} // namespace agentd::pipeline
