#include "evaluator/switching/moves.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/effects/unit_file.hpp"
#include "evaluator/switching/boot.hpp"
#include "evaluator/switching/mounts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace agentd::evaluator::switching {
namespace {

using effects::Side;
using effects::Unit;
using proposals::UnitAction;
using proposals::UnitMove;
using Units = std::map<std::string, Unit>;

/// Of the section Unit: they say nothing to a unit that runs.
constexpr std::array ignored{
    "Unit.Description",      "Unit.Documentation",     "Unit.OnFailure",
    "Unit.OnSuccess",        "Unit.OnFailureJobMode",  "Unit.IgnoreOnIsolate",
    "Unit.StopWhenUnneeded", "Unit.RefuseManualStart", "Unit.RefuseManualStop",
    "Unit.AllowIsolate",     "Unit.CollectMode",       "Unit.SourcePath"};
constexpr std::array asleep{
    "sleep.target",        "suspend.target", "hibernate.target",
    "hybrid-sleep.target", "rescue.target",  "emergency.target",
    "shutdown.target",     "reboot.target",  "poweroff.target",
    "halt.target",         "kexec.target",   "umount.target",
    "final.target",        "exit.target",    "suspend-then-hibernate.target"};
constexpr const char* reload_key = "Unit.X-Reload-Triggers";

bool is_ignored(const std::string& key) {
    return key.starts_with("Install.") ||
           std::find(ignored.begin(), ignored.end(), key) != ignored.end();
}

enum class Change { none, reload, restart };

Change compare(const Unit& before, const Unit& after) {
    auto change = Change::none;
    const auto look = [&](const effects::UnitSettings& one, const effects::UnitSettings& other) {
        for (const auto& [key, values] : one) {
            const auto found = other.find(key);
            const bool same = found == other.end() ? values.empty() : found->second == values;
            if (same || is_ignored(key)) {
                continue;
            }
            change = std::max(change, key == reload_key ? Change::reload : Change::restart);
        }
    };
    // A trigger that is gone asks for nothing.
    look(after.settings, before.settings);
    auto old_ones = before.settings;
    if (!after.settings.contains(reload_key)) {
        old_ones.erase(reload_key);
    }
    look(old_ones, after.settings);
    return change;
}

bool says(const Unit& unit, const char* key, bool otherwise) {
    const auto value = unit.last(key);
    return value.empty() ? otherwise
                         : value == "1" || value == "yes" || value == "true" || value == "on";
}

bool ends(const std::string& name, std::initializer_list<const char*> suffixes) {
    return std::any_of(suffixes.begin(), suffixes.end(),
                       [&](const char* suffix) { return name.ends_with(suffix); });
}

UnitAction changed(const std::string& name, const Unit& unit) {
    if (ends(name, {".target", ".path", ".slice"})) {
        return UnitAction::none;
    }
    if (name.ends_with(".mount")) {
        return UnitAction::reload;
    }
    if (name.ends_with(".socket")) {
        return UnitAction::keep;
    }
    if (says(unit, "Service.X-ReloadIfChanged", false)) {
        return UnitAction::reload;
    }
    const bool left = !says(unit, "Service.X-RestartIfChanged", true) ||
                      says(unit, "Unit.RefuseManualStop", false) ||
                      says(unit, "Unit.X-OnlyManualStart", false);
    return left ? UnitAction::keep : UnitAction::restart;
}

UnitAction action_of(const std::string& name, const Unit& before, const Unit& after) {
    switch (compare(before, after)) {
    case Change::none:
        return UnitAction::none;
    case Change::reload:
        return UnitAction::reload;
    case Change::restart:
        return changed(name, after);
    }
    return UnitAction::none;
}

/// Those that start it on demand, as far as the new system has them.
std::vector<std::string> sockets_of(const std::string& name, const Unit& unit, const Units& units) {
    if (!name.ends_with(".service") || !says(unit, "Service.X-StopIfChanged", true) ||
        says(unit, "Service.X-NotSocketActivated", false)) {
        return {};
    }
    std::vector<std::string> named;
    if (const auto found = unit.settings.find("Service.Sockets"); found != unit.settings.end()) {
        for (const auto& value : found->second) {
            for (const auto word : core::split(value, ' ')) {
                named.emplace_back(word);
            }
        }
    }
    if (named.empty()) {
        named.push_back(name.substr(0, name.rfind('.')) + ".socket");
    }
    std::erase_if(named, [&](const std::string& socket) {
        const auto found = units.find(socket);
        return found == units.end() || found->second.masked;
    });
    named.resize(std::min<std::size_t>(named.size(), 8));
    return named;
}

/// Targets that run are started again, which starts what they want.
bool is_wanted(const std::string& name, const Unit& unit) {
    return !unit.masked && name.find("@.") == std::string::npos && !name.ends_with(".target") &&
           std::any_of(unit.pulled_in_by.begin(), unit.pulled_in_by.end(), [](const auto& target) {
               return target.ends_with(".target") &&
                      std::find(asleep.begin(), asleep.end(), target) == asleep.end();
           });
}

/// Of what did not change and yet does not run, only what the boot itself leads to, and without a
/// condition: else it has its reason, and is not started now either.
bool is_wanted_anew(const std::string& name, const Unit& unit,
                    const std::optional<std::set<std::string>>& booted) {
    return !(booted && !booted->contains(name)) &&
           std::none_of(unit.settings.begin(), unit.settings.end(), [](const auto& each) {
               return !each.second.empty() && (each.first.starts_with("Unit.Condition") ||
                                               each.first.starts_with("Unit.Assert"));
           });
}

UnitMove move_of(const std::string& name, const Unit* before, const Unit& after, const Units& units,
                 const std::optional<std::set<std::string>>& booted) {
    UnitMove move{.unit = name, .wanted = is_wanted(name, after)};
    if (before != nullptr && *before == after && !is_wanted_anew(name, after, booted)) {
        move.wanted = false;
    }
    if (before == nullptr || before->masked) {
        return move;
    }
    move.action = after.masked ? UnitAction::stop : action_of(name, *before, after);
    if (move.action == UnitAction::restart) {
        move.sockets = sockets_of(name, after, units);
        const bool stops = says(after, "Service.X-StopIfChanged", true); // with the old settings
        move.goes_on = before->last("Service.KillMode") == "process" &&
                       (stops || after.last("Service.KillMode") == "process");
    }
    return move;
}

/// What a name stands for that has no file of its own: its template, with what is dropped in.
void resolve_instances(const Side& side, const std::set<std::string>& instances, Units& units) {
    for (const auto& name : instances) {
        const auto found =
            units.find(name.substr(0, name.find('@') + 1) + name.substr(name.rfind('.')));
        if (found == units.end() || side.tree.find("etc/systemd/system/" + name) != nullptr)
            continue;
        auto settings = found->second.settings;
        auto& own = units[name];
        for (const auto& [key, values] : own.settings) {
            auto& all = settings[key];
            values.empty() ? all.clear()
                           : void(all.insert(all.end(), values.begin(), values.end()));
        }
        own.settings = std::move(settings);
        own.masked = own.masked || found->second.masked;
    }
}

std::set<std::string> instances_of(const Units& units) {
    std::set<std::string> out;
    for (const auto& [name, unit] : units) {
        if (const auto at = name.find('@'); at != name.npos && name.rfind('.') > at + 1) {
            out.insert(name);
        }
    }
    return out;
}

/// As many as may be sent: what acts before what is only wanted.
proposals::SwitchMoves sent(std::map<std::string, UnitMove> moves) {
    proposals::SwitchMoves out;
    for (const bool acts : {true, false}) {
        for (auto& [name, move] : moves) {
            if ((move.action != UnitAction::none) != acts) {
                continue;
            }
            move.unit = core::to_utf8(name);
            if (out.moves.size() < proposals::SwitchMoves::max_moves && move.unit.size() <= 512) {
                out.moves.push_back(std::move(move));
            } else {
                out.truncated = true;
            }
        }
    }
    std::sort(out.moves.begin(), out.moves.end(),
              [](const UnitMove& a, const UnitMove& b) { return a.unit < b.unit; });
    return out;
}

std::string manager_of(const Side& side) {
    const auto* node = side.tree.find("systemd");
    return node == nullptr ? "" : node->target;
}

} // namespace

proposals::SwitchMoves moves_between(const Side& before, const Side& after) {
    auto old_units = effects::read_units(before.tree, "etc/systemd/system");
    auto new_units = effects::read_units(after.tree, "etc/systemd/system");
    auto instances = instances_of(old_units);
    instances.merge(instances_of(new_units));
    resolve_instances(before, instances, old_units);
    resolve_instances(after, instances, new_units);
    const auto booted = booted_units(new_units);
    std::map<std::string, UnitMove> moves;
    for (const auto& [name, unit] : new_units) {
        const auto found = old_units.find(name);
        auto move = move_of(name, found == old_units.end() ? nullptr : &found->second, unit,
                            new_units, booted);
        if (move.action != UnitAction::none || move.wanted) {
            moves.emplace(name, std::move(move));
        }
    }
    for (const auto& [name, unit] : old_units) {
        if (!new_units.contains(name) && !unit.masked && says(unit, "Unit.X-StopOnRemoval", true)) {
            moves[name] = {.unit = name, .action = UnitAction::stop};
        }
    }
    add_mounts(before, after, moves);
    auto out = sent(std::move(moves));
    out.restarts_manager = manager_of(before) != manager_of(after);
    return out;
}

} // namespace agentd::evaluator::switching
