/// @file
/// Where something may be said, and what is said there.
#pragma once

#include "proposals/nix/locate.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace agentd::proposals::plan {

using HostNames = std::set<std::string>;

/// A file that may be edited for a wish.
struct Candidate {
    std::string file{};
    HostNames hosts{};  ///< of those that are asked for, the ones that are made of it
    HostNames others{}; ///< hosts that are made of it too
    std::size_t distance{};
    bool inline_only{}; ///< it holds modules inside of something else, and is none itself
    bool maybe{};       ///< not certain to be imported by all of `hosts`
    bool homes{};       ///< their users' homes are made of it too
    bool strangers{};   ///< hosts that could not be told may be made of it too
    bool everybody{};   ///< homes of users that are not asked for are made of it
    /// Where its options begin: of an aspect, of a module inside.
    std::vector<std::string> prefix{};
    bool own() const { return others.empty() && !strangers && !everybody; }
};

/// One binding of an option.
struct Definition {
    const Candidate* at{};
    nix::Site site{};
    int priority = 100;       ///< 50 is mkForce, 1000 mkDefault
    bool conditional = false; ///< or in a file that is not certain to be imported
    bool inside = false;      ///< a condition stands around it, which may be known to hold
    bool of_whole{};          ///< it has the priority with all that stands beside it in `settings`
    std::string value{};      ///< the innermost expression
    std::size_t line{};
    std::string where() const { return at->file + ":" + std::to_string(line); }
};

} // namespace agentd::proposals::plan
