/// @file
/// What this machine had, what an act would do to it, and what the daemon keeps for open proposals.
#pragma once

#include "agentd/pipeline/surroundings.hpp"
#include "agentd/pipeline/trust_log.hpp"
#include "agentd/stages/known_system.hpp"
#include "proposals/proposal.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::pipeline {

/// Systems that root's helper applied and found healthy, newest first; nullopt when it does not
/// say.
std::optional<std::vector<core::StorePath>> confirmed_systems(const Surroundings& in);
/// Whether a rollback's system is one of them; nullopt for anything else, and when nobody says.
std::optional<bool> confirmed_before(const Surroundings& in, const proposals::Draft& draft);
/// What this machine had and may go back to.
stages::KnownSystems known_systems(const Surroundings& in);
/// What an act would do now; nothing is proposed. As stages::preview.
core::Result<std::vector<std::string>> preview(const Surroundings& in, const proposals::Act& act,
                                               const std::stop_token& stop);
/// Adds what the log says of the proposer to the facts of a verified proposal.
void know_trust(const Surroundings& in, policy::Facts& facts, const proposals::Draft& draft,
                const core::Digest& policy);
/// What root's helper cannot see by itself it is told, so that it takes trust back too.
void tell_root_of_faults(const Surroundings& in);
/// What it is now, for standings; on the sequencer thread.
policy::trust::Moment this_moment(const Surroundings& in, const core::Digest& policy);
/// What is over needs its system no more: its root goes.
void drop_roots(const Surroundings& in);

} // namespace agentd::pipeline
