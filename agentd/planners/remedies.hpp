/// @file
/// From a symptom to a change of the flake, where one is known to help. Never guesses.
#pragma once

#include "agentd/planners/playbook.hpp"
#include "evaluator/index/make_index.hpp"
#include "proposals/git.hpp"
#include "proposals/plan/request.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace agentd::planners {

struct RemedyPlace {
    const evaluator::Nix& nix;
    evaluator::IndexShelf& indexes;
    std::string repository{}; ///< the daemon's bare repository
    std::string branch{};
    core::HostName host;
    std::optional<core::StorePath> running{};
};

struct FoundRemedy {
    std::string title{};
    std::string rationale{};
    std::variant<proposals::plan::Request, std::vector<proposals::FileEdit>> change{};
    core::Commit base;
};

/// `unit_missing` of a service the flake has an option for: turn it on. `unit_failed` on a system
/// that the head builds: take back the commit that last changed the unit, when nothing was built on
/// it since. Anything else is the Problem `no_remedy`, with what a person could look at;
/// `cancelled` when stopped.
core::Result<FoundRemedy> find_remedy(const Symptom& symptom, const RemedyPlace& place,
                                      const std::stop_token& stop);

} // namespace agentd::planners
