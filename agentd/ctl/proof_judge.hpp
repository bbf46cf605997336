/// @file
/// Whether a host, evaluated, has become what was asked for.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/option_values.hpp"
#include "proposals/host_change.hpp"
#include "proposals/plan/request.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::ctl {

/// The options that a wish is about, as the host's own flake names them: of home-manager's below
/// `home-manager.users.<user>`.
std::vector<std::vector<std::string>> asked_options(const proposals::plan::Wish& wish);

/// The values of what was asked for, read before and after with the same words.
struct Seen {
    const evaluator::OptionValues& before;
    const evaluator::OptionValues& after;
};

/// What could not be told, in sentences. Problems, with `where` the first file that defines the
/// option: `no_effect` (it is as it was, and not as it was wanted; or set still, where it was to be
/// unset), `conflict` (it has no value any more).
core::Result<std::vector<std::string>> judge_values(const proposals::plan::Request& request,
                                                    const Seen& seen);

/// `shared`: a host that nobody named changes, or one breaks; nullopt for neither.
std::optional<core::Problem> judge_hosts(const proposals::plan::Request& request,
                                         const proposals::HostChanges& hosts);

} // namespace agentd::ctl
