/// @file
/// sshd_config as sshd reads it (sshd_config(5)): the first value of a keyword counts, some
/// keywords add up.
#pragma once

#include "evaluator/effects/side.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

struct SshdConfig {
    std::set<std::string> files{}; ///< of the tree that were read for it
    bool there = false;
    bool readable = true;
    std::string trouble{};
    /// Lower-case keyword -> value; keywords that add up have their values joined by newlines.
    /// Settings of a Match block are under `match <conditions>: keyword`, of `Match all` too.
    std::map<std::string, std::string> settings{};
    /// The conditions of the Match blocks in their order: of those that fit, the first one's value
    /// counts.
    std::vector<std::string> blocks{};
    /// Every setting as it is written, with its block, sorted: what this reader may take otherwise
    /// than sshd.
    std::vector<std::string> written{};

    /// The value in force for everybody, sshd's own default included, in lower case. What stands
    /// under `Match all` counts more than what stands outside.
    std::string value(const std::string& keyword) const;
};

/// Reads `etc/ssh/sshd_config` and what it includes from the tree. An Include that names anything
/// else makes it unreadable: its contents are not part of the system.
SshdConfig read_sshd_config(const Tree& tree);

} // namespace agentd::evaluator::effects
