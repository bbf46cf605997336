/// @file
/// What a file is about, seen from an option that could stand in it.
#pragma once

#include "proposals/nix/tree.hpp"
#include "proposals/operations.hpp"

#include <cstddef>
#include <string>

namespace agentd::proposals::plan {

/// First names (`services`, `networking`, …) of a file that is about no one thing.
inline constexpr std::size_t general_spread = 4;

struct Topic {
    bool generated{};   ///< a program writes it, or it says so
    bool machine{};     ///< disks, boot, hardware: by its name
    bool called{};      ///< by a part of the option
    bool other{};       ///< by something else that it sets
    bool general{};     ///< `common`, `base`, …: by its name or folder
    bool named_entry{}; ///< a default.nix or configuration.nix that imports or sets several things
    bool hub{};         ///< imports what lies outside of its folder
    std::size_t spread{};
};
Topic topic_of(const nix::Tree& tree, const std::string& file, const OptionPath& option);

} // namespace agentd::proposals::plan
