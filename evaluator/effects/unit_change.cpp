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
    return lower.empty() || lower == "no" || lower == "false" || lower == "0" || lower == "off";
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
        for (const auto& [key, values] : unit->settings)
            keys.insert(key);
    return keys;
}

std::vector<std::string> values_of(const Unit& unit, const std::string& key) {
    const auto found = unit.settings.find(key);
    return found == unit.settings.end() ? std::vector<std::string>{} : found->second;
}

void compare_setting(const std::string& full_key, const std::string& before,
                     const std::string& after, Comparer& comparer, UnitChange& out) {
    const auto key = full_key.substr(full_key.find('.') + 1);
    if (key.starts_with("X-") && key.ends_with("-Triggers")) {
        out.restarts = true;
        return;
    }
    comparer.forget_lines();
    if (comparer.texts(before, after) != Likeness::differs) {
        out.only_builds = true;
        return;
    }
    if (key.starts_with("Exec")) {
        out.commands = true;
        out.lines.insert(out.lines.end(), comparer.lines().begin(), comparer.lines().end());
    }
    SettingChange change{.key = key, .before = before, .after = after};
    change.risk = risk_of(key, before, after, change.loses_hardening);
    out.settings.push_back(std::move(change));
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

UnitChange compare_units(const Unit& before, const Unit& after, Comparer& comparer) {
    UnitChange out;
    for (const auto& key : keys_of(before, after)) {
        const auto old_value = joined(values_of(before, key));
        const auto new_value = joined(values_of(after, key));
        if (old_value != new_value)
            compare_setting(key, old_value, new_value, comparer, out);
    }
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
