/// @file
/// Two builds of one version of a package: the same files, or another source, other patches, other
/// options?
#pragma once

#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/side.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace agentd::evaluator::effects {

struct Rebuild {
    enum class Likeness {
        same,    ///< but for the builds of other packages that its files name
        differs, ///< `files` says where, at most six of them
        unread,  ///< too large to be compared
    };
    Likeness likeness = Likeness::unread;
    std::vector<std::string> files{};
};

/// Compares what lies below two store paths, byte for byte; names of builds in it count as the same
/// where `comparer` says so.
/// @param budget bytes that may still be read; what is read is taken from it.
Rebuild compare_builds(const Side& before, const std::string& old_path, const Side& after,
                       const std::string& new_path, Comparer& comparer, std::size_t& budget);

} // namespace agentd::evaluator::effects
