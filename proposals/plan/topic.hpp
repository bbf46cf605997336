/// @file
/// What a file is about, seen from an option that could stand in it.
#pragma once

#include "proposals/nix/tree.hpp"
#include "proposals/operations.hpp"

#include <cstddef>
#include <span>
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
    bool index{};       ///< imports, and says nothing itself
    bool declares{};    ///< options of its own
    bool hub{};         ///< imports what lies outside of its folder
    bool on{};          ///< turns on what the option is of
    bool much{};        ///< turns it on, or says of little else
    std::string module{}; ///< of a module inside of the file: what it is called, in small letters
    std::size_t spread{};
};
/// By its name and what it says: hardware as it was found, or a comment that a program writes it.
bool is_generated(const nix::Tree& tree, const std::string& file);
/// The file is called as the package is, or as the first part of its name.
bool is_about(const std::string& file, std::string_view package);
/// Of the module whose options begin behind `prefix`.
Topic topic_of(const nix::Tree& tree, const std::string& file, const OptionPath& option,
               std::span<const std::string> prefix = {});
/// How many names make one thing that a module is about: `services.x`, `users.users.x`.
std::size_t names_of_a_thing(const OptionPath& option);

} // namespace agentd::proposals::plan
