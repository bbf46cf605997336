/// @file
/// What flake.nix and flake.lock have to say of one another.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/flake/flake_text.hpp"
#include "proposals/flake/lock_text.hpp"

#include <string_view>
#include <vector>

namespace agentd::proposals::flake {

struct Flake {
    FlakeText text{};
    LockText lock{};
    bool flakes_below = false; ///< flake.nix files of folders below changed too
    bool is_loose = false;     ///< a template: it was never locked, and no flake leads to it
};

/// Everything that does not fit, of one state: `unlocked_input`, `lock_mismatch`, `input_type`,
/// `lock_extra_node`. Where flake.nix is written by somebody who knows Nix alone, nothing.
std::vector<core::Problem> findings(const Flake& flake, std::string_view lock_path);

/// What of the lock changed though nothing asks for it: `lock_mismatch`. An input that is no other
/// may not lead elsewhere unless flake.nix says so; the same revision has the same hash.
std::vector<core::Problem> rewired(const Flake& before, const Flake& after,
                                   std::string_view lock_path);

} // namespace agentd::proposals::flake
