/// @file
/// How an apply ended, and its one form in the log and on the socket.
#pragma once

#include "agentd/applyd/health.hpp"
#include "agentd/core/json.hpp"

#include <string>
#include <vector>

namespace agentd::applyd {

/// What `apply.outcome` says.
struct Outcome {
    std::string outcome{}; ///< confirmed, rolled_back, failed
    std::string reason{};
    std::string from{};
    std::string to{};
    std::vector<CheckResult> checks{};
    std::vector<std::string> residue{}; ///< what taking back does not undo
    bool settled = false;               ///< found out afterwards, by looking at the machine
};

/// Of the checks at most 128, those that failed first, and as many as an entry of the log has room for.
core::Json to_json(const Outcome& outcome, const machine::SystemLinks& links);
/// Of a body that `to_json` made.
Outcome outcome_from_json(const core::Json& body);

} // namespace agentd::applyd
