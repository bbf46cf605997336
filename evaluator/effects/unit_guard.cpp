#include "evaluator/effects/unit_guard.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

struct Guard {
    std::string_view name;
    std::string_view area;
    std::string_view kind;
    Risk risk;
    bool stays; ///< a program that stays: how it is started and confined may change
};

constexpr std::array guards{
    Guard{"firewall.service", "network", "firewall_removed", Risk::critical, false},
    Guard{"nftables.service", "network", "firewall_removed", Risk::critical, false},
    Guard{"sshd.service", "ssh", "ssh_locked_out", Risk::critical, true},
    Guard{"sshd.socket", "ssh", "ssh_locked_out", Risk::critical, true},
    Guard{"fail2ban.service", "units", "unit_removed", Risk::high, true},
    Guard{"auditd.service", "units", "unit_removed", Risk::high, true},
    Guard{"apparmor.service", "units", "unit_removed", Risk::high, false},
    Guard{"systemd-sysctl.service", "units", "unit_removed", Risk::high, false}};

/// Settings that leave a unit idle, or without the machine's own network.
constexpr std::array hinders{"Unit.Requires",
                             "Unit.Requisite",
                             "Unit.BindsTo",
                             "Unit.PartOf",
                             "Unit.Conflicts",
                             "Unit.StopPropagatedFrom",
                             "Unit.JoinsNamespaceOf",
                             "Unit.StopWhenUnneeded",
                             "Unit.RefuseManualStart",
                             "Service.PrivateNetwork",
                             "Service.NetworkNamespacePath",
                             "Service.IPAddressDeny",
                             "Service.RootDirectory",
                             "Service.RootImage",
                             "Service.RuntimeMaxSec",
                             "Service.ExecCondition"};
/// More of them, of what sets something up and is done.
constexpr std::array hinders_setup{"Service.Type",
                                   "Service.RemainAfterExit",
                                   "Service.PrivateUsers",
                                   "Service.User",
                                   "Service.DynamicUser",
                                   "Service.CapabilityBoundingSet",
                                   "Service.RestrictAddressFamilies",
                                   "Service.SystemCallFilter",
                                   "Service.ProtectKernelTunables",
                                   "Service.ProtectKernelModules",
                                   "Service.RestrictNamespaces",
                                   "Service.SuccessExitStatus"};

/// What the machine comes up to.
constexpr std::array roots{"default.target", "multi-user.target", "graphical.target",
                           "sysinit.target", "basic.target",      "sockets.target",
                           "timers.target",  "paths.target",      "local-fs.target",
                           "initrd.target",  "network.target",    "network-online.target"};

template <class List> bool contains(const List& list, std::string_view key) {
    return std::find(list.begin(), list.end(), key) != list.end();
}

bool is_hindrance(const std::string& key, bool stays) {
    return key.starts_with("Unit.Condition") || key.starts_with("Unit.Assert") ||
           contains(hinders, key) || (!stays && contains(hinders_setup, key));
}

std::string written(const Unit& unit, const std::string& key) {
    const auto found = unit.assigned.find(key);
    return found == unit.assigned.end() ? std::string{} : core::join(found->second, "\n");
}

using Names = std::map<std::string, std::set<std::string>>;

/// Each name that one of these settings holds -> the units that say so.
Names named_in(const Units& units, std::initializer_list<const char*> keys) {
    Names out;
    for (const auto& [name, unit] : units)
        for (const auto* key : keys)
            if (const auto found = unit.settings.find(key);
                !unit.masked && found != unit.settings.end())
                for (const auto& value : found->second)
                    for (const auto word : core::split(value, ' '))
                        out[std::string(word)].insert(name);
    return out;
}

/// Who starts and who stops whom.
class Ties {
  public:
    explicit Ties(const Units& units)
        : units_(units),
          starters_(
              named_in(units, {"Unit.Wants", "Unit.Requires", "Unit.BindsTo", "Unit.Upholds"})),
          stoppers_(named_in(units, {"Unit.Conflicts", "Unit.PropagatesStopTo"})) {}

    /// Reaches what the machine comes up to through those that want it started.
    bool is_started(const std::string& name) const {
        std::set<std::string> seen{name};
        std::vector<std::string> open{name};
        while (!open.empty()) {
            const auto each = open.back();
            open.pop_back();
            if (contains(roots, each))
                return true;
            const auto unit = units_.find(each);
            const auto named = starters_.find(each);
            for (const auto* pullers : {unit == units_.end() ? nullptr : &unit->second.pulled_in_by,
                                        named == starters_.end() ? nullptr : &named->second})
                if (pullers != nullptr)
                    for (const auto& puller : *pullers)
                        if (seen.insert(puller).second)
                            open.push_back(puller);
        }
        return false;
    }

    /// Units that stop it when they start or end; of a name that is put together later nobody knows
    /// whom it means.
    std::set<std::string> stoppers(const std::string& name) const {
        std::set<std::string> out;
        for (const auto& [each, units] : stoppers_)
            if (each == name || each.find('%') != each.npos)
                out.insert(units.begin(), units.end());
        out.erase(name);
        return out;
    }

  private:
    const Units& units_;
    Names starters_;
    Names stoppers_;
};

std::set<std::string> reasons_of(const Guard& guard, const Unit& before, const Unit& after,
                                 Comparer& comparer) {
    std::set<std::string> out;
    for (const auto* unit : {&before, &after})
        for (const auto& [key, values] : unit->assigned)
            if (!key.ends_with('*') && is_hindrance(key, guard.stays) &&
                comparer.texts(written(before, key), written(after, key)) == Likeness::differs)
                out.insert(key.substr(key.find('.') + 1) + " changes");
    return out;
}

} // namespace

void tell_guards(const Units& before, const Units& after, Comparer& comparer, Sink& sink) {
    const Ties old_ties(before);
    const Ties new_ties(after);
    for (const auto& guard : guards) {
        const std::string name(guard.name);
        const auto old_unit = before.find(name);
        const auto new_unit = after.find(name);
        if (old_unit == before.end() || new_unit == after.end() || old_unit->second.masked ||
            new_unit->second.masked || !old_ties.is_started(name))
            continue; // one that goes is told as such
        auto reasons = reasons_of(guard, old_unit->second, new_unit->second, comparer);
        if (!new_ties.is_started(name))
            reasons.insert("nothing starts it any more");
        const auto had = old_ties.stoppers(name);
        for (const auto& each : new_ties.stoppers(name))
            if (!had.contains(each))
                reasons.insert(each + " stops it");
        if (!reasons.empty())
            sink.add(effect_of(
                guard.area, std::string(guard.kind), name, guard.risk,
                name + " may no longer do its work: " +
                    core::join(std::vector<std::string>(reasons.begin(), reasons.end()), ", ")));
    }
}

} // namespace agentd::evaluator::effects
