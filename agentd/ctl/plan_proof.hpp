/// @file
/// The last look at a plan: the edited flake is evaluated before anybody is shown the edit.
#pragma once

#include "agentd/ctl/context.hpp"
#include "agentd/ctl/own_source.hpp"
#include "proposals/host_change.hpp"
#include "proposals/option_change.hpp"
#include "proposals/plan/planner.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::ctl {

/// What the edit does to the host, and to the others.
struct Proof {
    std::string host{};
    proposals::OptionChanges options{}; ///< of what was asked for
    proposals::HostChanges hosts{};
    std::vector<std::string> notes{}; ///< what could not be told
};

/// Evaluates a host of --repo with the edits, and the other hosts of the flake, within two minutes
/// for these. Problems, beside those of judge_values, judge_hosts and OwnSource: those of an
/// evaluation (`evaluation_failed`, `unknown_host`, …), `cancelled`.
core::Result<Proof> prove_plan(Context& context, OwnSource& source,
                               const proposals::plan::Request& request,
                               const proposals::plan::Plan& plan);

core::Json to_json(const Proof& proof);
void print_proof(Terminal& terminal, const Proof& proof);

} // namespace agentd::ctl
