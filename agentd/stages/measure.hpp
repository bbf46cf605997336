/// @file
/// What every piece of evidence of a test has: when, how long, in how many words.
#pragma once

#include "agentd/stages/test.hpp"

#include <chrono>
#include <string>

namespace agentd::stages {

/// Begins when it is made.
class Measure {
  public:
    Measure(proposals::EvidenceLevel level, const TestTools& tools);

    /// @param nix spent in Nix; @param log "" where nothing was said
    proposals::Evidence end(proposals::EvidenceStatus status, const std::string& summary,
                            std::chrono::milliseconds nix, const std::string& log) const;

  private:
    proposals::EvidenceLevel level_;
    const TestTools& tools_;
    core::Instant started_;
    std::int64_t started_us_;
};

/// Of a problem's code.
proposals::EvidenceStatus status_of(const std::string& code);

} // namespace agentd::stages
