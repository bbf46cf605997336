/// @file
/// Bump: inputs of the flake at their newest revisions, or on another branch, as a change of
/// flake.lock (and flake.nix) and of nothing else.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/lock_maker.hpp"
#include "evaluator/moved_lock.hpp"
#include "proposals/plan/plan.hpp"
#include "proposals/tree.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::stages {

struct BumpWanted {
    std::vector<std::string> inputs{}; ///< that the flake names itself
    bool all = false;                  ///< every one that can be
    /// New addresses in flake.nix, by input: another branch of the same place.
    std::map<std::string, std::string> addresses{};
};

enum class Relock {
    asked,  ///< a new address alone changes flake.nix, as a person does it by hand
    always, ///< its input is locked anew, too: what is not locked is not evaluated
};

/// Operations that are a bump and nothing else; nullopt where none is one. Problem `apart`: a bump
/// beside others.
core::Result<std::optional<BumpWanted>> bump_of(const proposals::plan::Request& request,
                                                Relock relock);

struct BumpPlace {
    const proposals::TreeReader& tree; ///< of the base; its flake is at the top
    const evaluator::LockMaker& maker;
    const std::vector<std::string>& origins; ///< flake.origins
    std::chrono::milliseconds patience{};
};

struct Bumped {
    std::vector<proposals::FileEdit> edits{};
    std::vector<evaluator::MovedInput> inputs{}; ///< those that were asked for
    std::string title{};
    std::vector<std::string> left_out{}; ///< why an input could not be asked for
    std::string told{};                  ///< a line for each of both
    std::vector<proposals::plan::Step> steps{}; ///< the same, one for each input
};

/// Asks who gives the inputs, and takes the new lock only where nothing else moves in it
/// (evaluator::moved_lock). Problems: `newest_already`, which is an answer; `no_lock`, `no_flake`,
/// those of the maker, of moved_lock and, for a new address, of the edit of flake.nix.
core::Result<Bumped> bump(const BumpPlace& place, const BumpWanted& wanted,
                          const std::stop_token& stop);

/// `nixpkgs 1a2b3c4d5e..6f7a8b9c0d, 2026-10-01 to 2026-11-20 (50 days newer)`.
std::string describe(const evaluator::MovedInput& input);

} // namespace agentd::stages
