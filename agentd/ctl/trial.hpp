/// @file
/// A change tested without a daemon: the daemon's own stages, on a repository that is thrown away.
#pragma once

#include "agentd/analysis/analysis.hpp"
#include "agentd/core/clock.hpp"
#include "agentd/core/names.hpp"
#include "agentd/rehearsal/theatre.hpp"
#include "evaluator/nix.hpp"
#include "proposals/disagreement.hpp"
#include "proposals/effects.hpp"
#include "proposals/evidence.hpp"
#include "proposals/host_change.hpp"
#include "proposals/locked_input.hpp"
#include "proposals/option_change.hpp"
#include "proposals/proposal.hpp"
#include "proposals/verdict.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::ctl {

/// What shall be tried.
struct Trial {
    std::string repository{}; ///< absolute; nothing is written there
    core::HostName host;
    std::optional<std::string> base{};      ///< a revision; HEAD
    std::optional<std::string> candidate{}; ///< a revision, or
    std::optional<std::string> patch{};     ///< the text of a patch on the base
    std::string title{};
    proposals::EvidenceLevel level = proposals::EvidenceLevel::effects;
    std::optional<std::string> policy{}; ///< a file; else the one that the base's system has
};

/// What became of it. A level that was not come to has no evidence.
struct Tried {
    std::string base{}; ///< commit
    proposals::Draft draft{};
    std::vector<proposals::Evidence> evidence{};
    std::vector<std::string> warnings{};
    std::optional<std::vector<std::string>> new_warnings{}; ///< where the base was evaluated
    std::optional<proposals::LockedInputs> inputs{};        ///< of what was evaluated
    std::optional<proposals::HostChanges> hosts{};          ///< where the flake has others
    std::vector<std::string> notes{};                       ///< what a person has to know beside it
    std::optional<core::StorePath> drv{};
    std::optional<core::StorePath> toplevel{};
    std::optional<proposals::OptionChanges> options{};
    std::optional<proposals::Effects> effects{};
    std::optional<proposals::Disagreements> disagreement{}; ///< of effects with options
    std::optional<proposals::EvidenceStatus> rehearsal{};
    std::optional<proposals::Verdict> verdict{};
    std::string policy{};     ///< the file it is of
    std::string refused_at{}; ///< a level, or `base`; "" when it was not refused
    std::optional<core::Problem> refusal{};
    std::string log{}; ///< the end of what the level said that refused it, at most 64 KiB
    bool cancelled = false;
};

struct TrialTools {
    const evaluator::Nix& nix;
    analysis::Worker worker{};
    rehearsal::Theatre theatre{};
    const core::Clock& clock;
    std::string scratch{};                        ///< ours, thrown away afterwards
    std::function<void(std::string_view)> tell{}; ///< a line of progress
    std::function<void(std::string_view)> note{}; ///< what nobody may miss
};

/// Problems are of the question: no repository, no such revision, nothing to test, a policy that
/// cannot be read. What is wrong with the change is in the answer.
core::Result<Tried> try_out(const Trial& trial, const TrialTools& tools,
                            const std::stop_token& stop);

} // namespace agentd::ctl
