/// @file
/// systemd unit files as systemd reads them (systemd.syntax(7)), drop-ins included.
#pragma once

#include "evaluator/effects/tree.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

/// Settings of one unit after its file and drop-ins: `Service.ExecStart` -> values in order. An
/// empty assignment clears a list, as in systemd; anything else keeps what it was.
using UnitSettings = std::map<std::string, std::vector<std::string>>;
/// The same settings -> everything that was ever assigned, the empty ones too. Those that are
/// cleared together stand once more under `Unit.Condition*`, `Timer.On*` and so on, as `key=value`.
using Assignments = std::map<std::string, std::vector<std::string>>;

/// Adds one file's settings. False when it holds something systemd would read otherwise than a
/// person (control characters, settings outside a section, lines that are no setting).
bool merge_unit_text(std::string_view text, UnitSettings& settings, Assignments& assigned);
/// True of a list that an empty assignment clears.
bool is_list_setting(std::string_view key);
/// What systemd makes of the lines: continued ones joined, comments left out.
std::vector<std::string> unit_lines(std::string_view text);

struct Unit {
    UnitSettings settings{};
    Assignments assigned{};
    std::set<std::string>
        pulled_in_by{};              ///< units whose `.wants`, `.requires` or `.upholds` name it
    std::set<std::string> aliases{}; ///< the other unit this name stands for
    std::set<std::string> paths{};   ///< where it was read, in the tree
    bool masked = false;
    bool readable = true;
    std::string trouble{}; ///< why it is not readable

    /// The value that counts for a setting that holds one.
    std::string last(const std::string& key) const;
    bool has_commands() const;
    /// Every command line with its key, in order.
    std::vector<std::string> commands() const;
    friend bool operator==(const Unit&, const Unit&) = default;
};

using Units = std::map<std::string, Unit>; ///< by name

/// @param directory `etc/systemd/system` or `etc/systemd/user`.
/// What lies there and is no unit, drop-in or link between units is left out (and so stays
/// unclaimed).
Units read_units(const Tree& tree, std::string_view directory);

/// True when one of its commands runs with the rights of root (`+` and `!` included).
bool runs_as_root(const Unit& unit);

} // namespace agentd::evaluator::effects
