/// @file
/// A proposal in words, for a terminal: facts first, riskiest first, claims marked as claims.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/terminal.hpp"

#include <string>

namespace agentd::ctl {

/// Neither an act nor a rollback: it is a commit, and has a diff.
bool is_change(const core::Json& proposal);
/// What to type for it: its number while it is open, else its id.
std::string reference(const core::Json& proposal);
/// `#3 Open port 8080`
std::string label(const core::Json& proposal);
/// The one command that brings it on; empty when it is over.
std::string next_command(const core::Json& proposal);
/// State, risk, level and whether it landed, as one line.
std::string state_line(const Terminal& terminal, const core::Json& proposal);
/// Where its place is in the table of exit statuses: 0 decided or done, 1, 8, 75 or 77.
int exit_of_state(const std::string& state);

/// The files of a change, each with what is to be known of it.
void print_files(Terminal& terminal, const core::Json& detail);
/// Of a rollback what stays as it is, of an act what a dry run says; nothing for a change.
void print_notes(Terminal& terminal, const core::Json& detail);
/// Who agreed and who has to besides; when it happens by itself, and what to do against it.
void print_agreement(Terminal& terminal, const core::Json& detail);
void print_verdict(Terminal& terminal, const core::Json& verdict);
void print_evidence(Terminal& terminal, const core::Json& detail);
/// Of the evidence what did not pass, for whoever is about to sign; nothing where all did.
void print_unpassed(Terminal& terminal, const core::Json& detail);
/// Title, goal and rationale: what its proposer says.
void print_claims(Terminal& terminal, const core::Json& detail);
/// One piece of evidence as one line.
std::string evidence_line(const Terminal& terminal, const core::Json& evidence);

} // namespace agentd::ctl
