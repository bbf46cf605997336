#include "evaluator/switching/boot.hpp"

#include "agentd/core/text.hpp"

#include <array>
#include <map>
#include <vector>

namespace agentd::evaluator::switching {
namespace {

/// Settings that start another unit with this one.
constexpr std::array pulls{"Unit.Wants", "Unit.Requires", "Unit.BindsTo", "Unit.Upholds"};
/// Pulled in by systemd itself, in one way or another.
constexpr std::array always{"default.target", "sysinit.target",  "basic.target",
                            "sockets.target", "timers.target",   "paths.target",
                            "slices.target",  "local-fs.target", "swap.target"};

std::vector<std::string> named(const effects::Unit& unit) {
    std::vector<std::string> out(unit.aliases.begin(), unit.aliases.end());
    for (const auto* key : pulls) {
        const auto found = unit.settings.find(key);
        if (found == unit.settings.end()) {
            continue;
        }
        for (const auto& value : found->second) {
            for (const auto word : core::split(value, ' ')) {
                out.emplace_back(word);
            }
        }
    }
    return out;
}

} // namespace

std::optional<std::set<std::string>> booted_units(const effects::Units& units) {
    const auto first = units.find("default.target");
    if (first == units.end() || (first->second.aliases.empty() && first->second.settings.empty())) {
        return std::nullopt;
    }
    std::map<std::string, std::vector<std::string>> wishes; // who -> what it pulls in by a link
    for (const auto& [name, unit] : units) {
        for (const auto& by : unit.pulled_in_by) {
            wishes[by].push_back(name);
        }
    }
    std::set<std::string> out(always.begin(), always.end());
    std::vector<std::string> todo(out.begin(), out.end());
    while (!todo.empty()) {
        const auto name = std::move(todo.back());
        todo.pop_back();
        auto next = wishes[name];
        if (const auto unit = units.find(name); unit != units.end() && !unit->second.masked) {
            const auto more = named(unit->second);
            next.insert(next.end(), more.begin(), more.end());
        }
        for (auto& each : next) {
            if (out.insert(each).second) {
                todo.push_back(std::move(each));
            }
        }
    }
    return out;
}

} // namespace agentd::evaluator::switching
