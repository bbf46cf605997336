/// @file
/// Whether a change of flake.nix and flake.lock says the same thing twice, and nothing behind it.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/intake.hpp"

#include <string_view>
#include <vector>

namespace agentd::proposals::flake {

/// The two files of one flake; "" for one that is not there.
struct FlakeFiles {
    std::string_view nix{};
    std::string_view lock{};
    std::string_view folder{}; ///< "" or with its slash: for `where`
    bool flakes_below = false; ///< flake.nix files of folders below changed too
    bool is_loose = false;     ///< a template: it was never locked, and no flake leads to it
};

/// What is wrong afterwards and was not before. Nothing is fetched and nothing evaluated. Problems:
/// `nix_config`, `computed_flake`, `flake_unreadable`, `input_self`, `submodule`, `input_type`,
/// `unlocked_input`, `lock_mismatch`, `lock_extra_node`, `lock_unreadable`; `where` is the file, in
/// flake.nix with the line.
core::Result<core::Done> check_flake(const FlakeFiles& before, const FlakeFiles& after);

/// The same for every flake that the files touch.
core::Result<core::Done> check_flakes(const std::vector<IntakeFile>& files, const TreeReader& base);

} // namespace agentd::proposals::flake
