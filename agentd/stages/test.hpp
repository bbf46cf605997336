/// @file
/// Test: one evaluation of the candidate, then the build of exactly that derivation.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "agentd/stages/base.hpp"
#include "agentd/stages/options.hpp"
#include "agentd/stages/step.hpp"
#include "evaluator/build.hpp"
#include "evaluator/evaluation.hpp"
#include "evaluator/nix.hpp"
#include "proposals/evidence.hpp"
#include "proposals/locked_input.hpp"
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
    /// `agentd.early/1` of so_far.hpp, for those who wait. May be empty.
    std::function<void(const core::Json&)> so_far{};
};

struct TestTools {
    const evaluator::Nix& nix;
    store::Blobs& blobs;
    const core::Clock& clock;
    std::string gc_roots{};                      ///< folder for the links that keep what was built
    evaluator::EvaluationShelf* shelf = nullptr; ///< what bases were; nullptr where none is kept
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
    /// Those that the base does not have; nullopt where that is not known.
    std::optional<std::vector<std::string>> new_warnings{};
    std::optional<proposals::OptionChanges> options{}; ///< nullopt where no change was tested
    std::vector<std::string> hosts{};                  ///< all of the flake, where one was tested
    /// What its options say of the machine, and those of its base; nullopt where nobody could tell.
    std::optional<evaluator::agreement::Statements> declared{};
    std::optional<evaluator::agreement::Statements> base_declared{};
    proposals::LockedInputs inputs{}; ///< empty where nothing was evaluated
    /// passed, failed, none: the flake's own; nullopt where that is not known.
    std::optional<std::string> checks{};
};

/// Records the evidence of both levels, whatever it is.
Step<Tested> test(const Candidate& candidate, const TestTools& tools, const Reporter& report,
                  const std::stop_token& stop);

} // namespace agentd::stages
