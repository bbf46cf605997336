/// @file
/// What a host of any flake can be asked for, without the daemon.
#pragma once

#include "agentd/ctl/context.hpp"
#include "agentd/ctl/own_source.hpp"
#include "evaluator/index/option_index.hpp"

#include <memory>
#include <string>
#include <vector>

namespace agentd::ctl {

/// The index of the host as HEAD of the clone has it: evaluated, where the caller's cache does not
/// have it. Problems: of OwnSource::ready, of make_index, `unknown_host`.
core::Result<std::unique_ptr<evaluator::OptionIndex>> own_index(Context& context,
                                                                const OwnSource& source);

struct WantedHosts {
    std::vector<std::string> names{}; ///< none: all that Nix names
    bool others = true;               ///< those that Nix names beside them, too
};
struct OwnPlaces {
    std::vector<proposals::map::EvaluatedHost> hosts{};
    std::vector<core::Problem> failed{}; ///< `where` is the host
};
/// Which files hosts are made of, from their indexes. Problems as of own_index, where no host has
/// an index.
core::Result<OwnPlaces> own_places(Context& context, const Config* config,
                                   const WantedHosts& wanted);

/// The same of those whose indexes are kept already; nobody is asked.
std::vector<proposals::map::EvaluatedHost> kept_places(Context& context, const core::Commit& head,
                                                       const std::vector<std::string>& hosts);

} // namespace agentd::ctl
