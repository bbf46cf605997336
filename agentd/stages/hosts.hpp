/// @file
/// What a change does to the other hosts of the flake, looked at when nobody waits for it.
#pragma once

#include "agentd/stages/test.hpp"
#include "proposals/host_change.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace agentd::stages {

struct HostsAsked {
    evaluator::FlakeSource base;
    evaluator::FlakeSource candidate;
    core::HostName host; ///< the one that is no other
    /// Of the candidate, all of them; nullopt: they are asked for.
    std::optional<std::vector<std::string>> hosts{};
};

struct HostsTools {
    const evaluator::Nix& nix;
    evaluator::EvaluationShelf* shelf = nullptr; ///< nullptr: nothing is kept
    const core::Clock& clock;
    /// For all hosts together: of evaluating, not of waiting for a turn.
    std::chrono::seconds most = std::chrono::minutes(10);
    evaluator::HostLimits each{};

    /// One evaluation; false when it was stopped before its end.
    using Look = std::function<bool(const std::stop_token&)>;
    /// Runs one, again where it was stopped to step aside. Empty: at once.
    std::function<void(const Look&)> in_turn{};
};

/// One process for each host and side; a host that cannot be evaluated is said to be so, and is
/// nobody else's trouble.
proposals::HostChanges other_hosts(const HostsAsked& asked, const HostsTools& tools,
                                   const std::stop_token& stop);

struct HostsJudged {
    proposals::HostChanges changes{};
    proposals::Evidence evidence{}; ///< `failed` where a host breaks
};

/// The same as evidence of level `hosts`, its log and its document kept.
HostsJudged judge_hosts(const HostsAsked& asked, const HostsTools& tools, store::Blobs& blobs,
                        const std::stop_token& stop);

} // namespace agentd::stages
