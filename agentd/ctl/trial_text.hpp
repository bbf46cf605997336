/// @file
/// What became of a trial, as the JSON of `agentctl test` and in the words of `agentctl explain`.
#pragma once

#include "agentd/ctl/terminal.hpp"
#include "agentd/ctl/trial.hpp"

#include <string>

namespace agentd::ctl {

namespace status { // those of exit.hpp, and
inline constexpr int intake = 21;
inline constexpr int evaluation = 22;
inline constexpr int build = 23;
inline constexpr int effects = 24;
inline constexpr int base = 25; ///< what is compared with cannot be had
inline constexpr int rehearsal = 26;
inline constexpr int unjudged = 27; ///< no rehearsal could tell, or none can be had
inline constexpr int checks = 28;   ///< the flake's own
inline constexpr int parse = 29;    ///< where no more was asked for
inline constexpr int stopped = 130;
} // namespace status

/// `agentd.test/1`; its parts are those of a proposal's Detail.
core::Json to_json(const Trial& trial, const Tried& tried);
/// 0, or what the level that was not passed is called among exit statuses.
int exit_of(const Tried& tried);
void print_trial(Terminal& terminal, const core::Json& shown);

} // namespace agentd::ctl
