/// @file
/// A repository as a person's agentctl would know it: read, and beside that what an evaluation of
/// the host said of its files.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/index/option_index.hpp"
#include "proposals/map/files.hpp"
#include "proposals/map/repo_map.hpp"

#include <string>

namespace agentd::analyze {

/// The host that the daemon looks after; its index is of the same commit.
struct KnownHost {
    const evaluator::OptionIndex* index = nullptr; ///< nullptr: none is there
    std::string name{};
};

/// Problems: those of the map.
core::Result<proposals::map::RepoMap> map_of(proposals::map::Files& files, const KnownHost& host);

} // namespace agentd::analyze
