/// @file
/// Test: one evaluation of the candidate, then the build of exactly that derivation.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "agentd/stages/options.hpp"
#include "agentd/stages/step.hpp"
#include "evaluator/build.hpp"
#include "evaluator/evaluation.hpp"
#include "evaluator/nix.hpp"
#include "proposals/evidence.hpp"
#include "store/blobs.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::stages {

/// What a stage tells while it works. Called on the stage's own thread.
struct Reporter {
    std::function<void(const proposals::Evidence&)> evidence{};
    std::function<void(proposals::EvidenceLevel, std::vector<std::string>)> log{};
};

struct TestTools {
    const evaluator::Nix& nix;
    store::Blobs& blobs;
    const core::Clock& clock;
    std::string gc_roots{}; ///< folder for the links that keep what was built
};

struct Candidate {
    core::ProposalId id;
    evaluator::FlakeSource source;
    core::HostName host;
    OptionScope options;
    bool build = true; ///< false: what an evaluation tells is all that is wanted
};

/// The candidate is a built system (if it was to be built), kept from the garbage collector by a
/// root named like the proposal.
struct Tested {
    std::optional<core::StorePath> drv{}; ///< nullopt for a system that was there before
    core::StorePath toplevel;
    std::vector<std::string> warnings{};
    std::optional<proposals::OptionChanges> options{}; ///< nullopt where no change was tested
};

/// Records the evidence of both levels, whatever it is.
Step<Tested> test(const Candidate& candidate, const TestTools& tools, const Reporter& report,
                  const std::stop_token& stop);

} // namespace agentd::stages
