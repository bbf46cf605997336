#include "evaluator/effects/unit_change.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/effects/store_text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::evaluator::effects {
namespace {

/// Settings of systemd.exec(5) that take rights away; losing one matters.
constexpr std::array hardening{"NoNewPrivileges",
                               "ProtectSystem",
                               "ProtectHome",
                               "ProtectProc",
                               "ProcSubset",
                               "ProtectKernelTunables",
                               "ProtectKernelModules",
                               "ProtectKernelLogs",
                               "ProtectControlGroups",
                               "ProtectClock",
                               "ProtectHostname",
                               "PrivateTmp",
                               "PrivateDevices",
                               "PrivateNetwork",
                               "PrivateUsers",
                               "PrivateIPC",
                               "PrivateMounts",
                               "RestrictAddressFamilies",
                               "RestrictNamespaces",
                               "RestrictRealtime",
                               "RestrictSUIDSGID",
                               "RestrictFileSystems",
                               "RemoveIPC",
                               "LockPersonality",
                               "MemoryDenyWriteExecute",
                               "SystemCallFilter",
                               "SystemCallArchitectures",
                               "CapabilityBoundingSet",
                               "InaccessiblePaths",
                               "ReadOnlyPaths",
                               "NoExecPaths",
                               "ExecPaths",
                               "TemporaryFileSystem",
                               "IPAddressDeny",
                               "DevicePolicy",
                               "KeyringMode",
                               "UMask"};

/// Settings that give rights or change whose they are.
constexpr std::array powerful{"User",
                              "Group",
                              "SupplementaryGroups",
                              "DynamicUser",
                              "AmbientCapabilities",
                              "RootDirectory",
                              "RootImage",
                              "BindPaths",
                              "BindReadOnlyPaths",
                              "ReadWritePaths",
                              "SecureBits",
                              "PAMName",
                              "EnvironmentFile",
                              "LoadCredential",
                              "PassEnvironment",
                              "IPAddressAllow",
                              "Delegate",
                              "What",
                              "Where",
                              "Type.mount"};

constexpr std::array harmless{"Description", "Documentation"};

template <class List> bool contains(const List& list, std::string_view key) {
    return std::find(list.begin(), list.end(), key) != list.end();
}

std::string joined(const std::vector<std::string>& values) {
    return core::join(values, "\n");
}

bool is_off(const std::string& value) {
    const auto lower = core::to_lower(value);
    static constexpr std::array words{"", "no", "n", "false", "f", "0", "off"};
    return contains(words, lower);
}

Risk risk_of(const std::string& key, const std::string& before, const std::string& after,
             bool& loses) {
    if (contains(harmless, key) || key.starts_with("X-"))
        return Risk::low;
    if (contains(hardening, key)) {
        loses = !is_off(before);
        return loses ? Risk::high : Risk::low;
    }
    if (contains(powerful, key))
        return Risk::high;
    if (key == "Environment" && after.find("LD_") != std::string::npos && before != after)
        return Risk::high;
    return Risk::notice;
}

std::set<std::string> keys_of(const Unit& a, const Unit& b) {
    std::set<std::string> keys;
    for (const auto* unit : {&a, &b})
        for (const auto& [key, values] : unit->assigned)
            keys.insert(key);
    return keys;
}

std::vector<std::string> values_of(const UnitSettings& settings, const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::vector<std::string>{} : found->second;
}

/// Everything that was assigned, a line each.
std::string written(const std::vector<std::string>& values) {
    std::string out;
    for (const auto& value : values)
        out += (value.empty() ? "(nothing)" : value) + "\n";
    return out;
}

/// Read it is the same, written it is not: a setting was taken back, or set to nothing. What
/// systemd makes of that differs from one setting to the next.
void compare_written(const std::string& key, const std::vector<std::string>& before,
                     const std::vector<std::string>& after, Comparer& comparer, UnitChange& out) {
    const auto old_text = written(before);
    const auto new_text = written(after);
    if (comparer.texts(old_text, new_text) != Likeness::differs) {
        out.only_builds = true;
        return;
    }
    const bool clears_nothing = before.empty() && is_list_setting(key);
    out.settings.push_back({.key = key,
                            .before = std::string(core::trim(old_text)),
                            .after = std::string(core::trim(new_text)),
                            .risk = clears_nothing ? Risk::notice : Risk::high});
}

/// An empty assignment of one clears others: then their order counts.
void compare_families(const Unit& before, const Unit& after, Comparer& comparer, UnitChange& out) {
    for (const auto& key : keys_of(before, after)) {
        const auto old_ones = values_of(before.assigned, key);
        const auto new_ones = values_of(after.assigned, key);
        const auto clears = [](const auto& ones) {
            return std::any_of(ones.begin(), ones.end(),
                               [](const auto& each) { return each.ends_with('='); });
        };
        if (key.ends_with('*') && old_ones != new_ones && (clears(old_ones) || clears(new_ones)))
            compare_written(key.substr(key.find('.') + 1), old_ones, new_ones, comparer, out);
    }
}

void compare_setting(const std::string& full_key, const Unit& old_unit, const Unit& new_unit,
                     Comparer& comparer, UnitChange& out) {
    const auto key = full_key.substr(full_key.find('.') + 1);
    if (key.starts_with("X-") && key.ends_with("-Triggers")) {
        out.restarts = true;
        return;
    }
    comparer.forget_lines();
    const auto before = joined(values_of(old_unit.settings, full_key));
    const auto after = joined(values_of(new_unit.settings, full_key));
    if (comparer.texts(before, after) != Likeness::differs)
        return compare_written(key, values_of(old_unit.assigned, full_key),
                               values_of(new_unit.assigned, full_key), comparer, out);
    if (key.starts_with("Exec") && key != "ExecPaths") {
        out.commands = true;
        out.lines.insert(out.lines.end(), comparer.lines().begin(), comparer.lines().end());
    }
    SettingChange change{.key = key, .before = before, .after = after};
    change.risk = risk_of(key, before, after, change.loses_hardening);
    out.settings.push_back(std::move(change));
}

std::vector<std::string> telling_lines(const Node& node, const std::string& prefix) {
    std::vector<std::string> out;
    for (const auto line : core::lines(node.bytes()))
        if (const auto clean = core::trim(line); !clean.empty() && clean.front() != '#' &&
                                                 clean.front() != ';' && !clean.starts_with("X-"))
            out.push_back(shape_of(clean, prefix));
    return out;
}

} // namespace

int protections(const Unit& unit) {
    static_assert(most_protections == std::tuple_size_v<decltype(hardening)> + 1);
    int count = runs_as_root(unit) ? 0 : 1;
    for (const auto* key : hardening) {
        const auto found = unit.settings.find("Service." + std::string(key));
        if (found == unit.settings.end() || found->second.empty())
            continue;
        // A list that only takes single rights away (`~@mount`) is a protection as well.
        count += is_off(found->second.back()) ? 0 : 1;
    }
    return count;
}

bool written_alike(const Unit& before, const Unit& after, const Side& old_side,
                   const Side& new_side) {
    const auto& prefix = new_side.store.prefix();
    return before.paths == after.paths &&
           std::all_of(after.paths.begin(), after.paths.end(), [&](const auto& path) {
               const auto* a = old_side.tree.find(path);
               const auto* b = new_side.tree.find(path);
               if (a == nullptr || b == nullptr || same(*a, *b))
                   return a != nullptr && b != nullptr;
               return a->kind == Node::Kind::file && b->kind == a->kind &&
                      telling_lines(*a, prefix) == telling_lines(*b, prefix);
           });
}

UnitChange compare_units(const Unit& before, const Unit& after, Comparer& comparer) {
    UnitChange out;
    for (const auto& key : keys_of(before, after))
        if (!key.ends_with('*') &&
            values_of(before.assigned, key) != values_of(after.assigned, key))
            compare_setting(key, before, after, comparer, out);
    compare_families(before, after, comparer, out);
    const auto names = [](const std::set<std::string>& set) {
        return core::join(std::vector<std::string>(set.begin(), set.end()), " ");
    };
    if (before.pulled_in_by != after.pulled_in_by)
        out.settings.push_back({.key = "started by",
                                .before = names(before.pulled_in_by),
                                .after = names(after.pulled_in_by),
                                .risk = Risk::notice});
    if (before.aliases != after.aliases)
        out.settings.push_back({.key = "stands for",
                                .before = names(before.aliases),
                                .after = names(after.aliases),
                                .risk = Risk::high});
    return out;
}

} // namespace agentd::evaluator::effects
