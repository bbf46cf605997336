/// @file
/// The inputs of a candidate's lock, proved and fetched before it is evaluated.
#pragma once

#include "agentd/stages/test.hpp"
#include "evaluator/sources.hpp"

namespace agentd::stages {

/// Keeps what was fetched until the candidate is built.
class Inputs {
  public:
    Inputs(const Candidate& candidate, const TestTools& tools);
    ~Inputs();
    Inputs(const Inputs&) = delete;
    Inputs& operator=(const Inputs&) = delete;

    /// What the candidate's lock says otherwise than its base's is fetched and compared with its
    /// hash; what is missing is fetched. Refusals as of evaluator::sources_of and fetch_sources.
    evaluator::SourcesOutcome fetch(const std::stop_token& stop);

  private:
    const Candidate& candidate_;
    const TestTools& tools_;
    evaluator::SourcesRequest request_{};
};

/// `fetched 2 inputs (12 KiB): nixpkgs 1a2b -> 3c4d, other 5e6f; `, or nothing.
std::string words_of(const evaluator::SourcesFetched& fetched);

} // namespace agentd::stages
