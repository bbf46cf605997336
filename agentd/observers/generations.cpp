#include "agentd/observers/generations.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/machine/generations.hpp"

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace agentd::observers {

namespace {

constexpr std::size_t most_entries = 1'000;
constexpr std::size_t largest_entry = 64U << 10;
constexpr std::size_t largest_menu = 8U << 20;

/// Every `init=/nix/store/…/init` of a text, without the `/init`.
std::vector<std::string> systems_in(std::string_view text) {
    constexpr std::string_view mark = "init=/nix/store/";
    std::vector<std::string> out;
    for (auto at = text.find(mark); at != text.npos && out.size() < most_entries;
         at = text.find(mark, at + 1)) {
        const auto begin = at + 5;
        const auto end = std::min(text.find_first_of(" \t\n\"'", begin), text.size());
        const auto path = text.substr(begin, end - begin);
        if (path.ends_with("/init")) {
            if (const auto system = core::StorePath::parse(path.substr(0, path.size() - 5))) {
                out.push_back(system->str());
            }
        }
    }
    return out;
}

/// The value of `default` in loader.conf, without `.conf`.
std::string default_entry(const std::string& loader) {
    const auto text =
        core::read_file_if_exists(loader + "/loader.conf", largest_entry).value_or("");
    for (const auto line : core::lines(text)) {
        if (line.starts_with("default ") || line.starts_with("default\t")) {
            std::string name(core::trim(line.substr(8)));
            return name.ends_with(".conf") ? name.substr(0, name.size() - 5) : name;
        }
    }
    return {};
}

BootEntries read_systemd_boot(const std::string& loader) {
    BootEntries found{.loader = BootEntries::Loader::systemd_boot};
    const std::string wanted = default_entry(loader);
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(loader + "/entries", error)) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".conf") || found.systems.size() >= most_entries) {
            continue;
        }
        const auto text = core::read_file_if_exists(entry.path().string(), largest_entry);
        const auto systems = systems_in(text.value_or(""));
        found.systems.insert(found.systems.end(), systems.begin(), systems.end());
        if (name.substr(0, name.size() - 5) == wanted && !systems.empty()) {
            found.default_system = systems.front();
        }
    }
    return found;
}

std::string name_of(BootEntries::Loader loader) {
    return loader == BootEntries::Loader::grub ? "GRUB" : "systemd-boot";
}

} // namespace

BootEntries read_boot_entries(const std::string& boot) {
    std::error_code error;
    if (std::filesystem::exists(boot, error) && ::access(boot.c_str(), R_OK | X_OK) != 0) {
        return {.loader = BootEntries::Loader::unreadable};
    }
    if (std::filesystem::is_directory(boot + "/loader/entries", error)) {
        return read_systemd_boot(boot + "/loader");
    }
    const auto menu = boot + "/grub/grub.cfg";
    if (std::filesystem::exists(menu, error)) {
        BootEntries found{.loader = BootEntries::Loader::grub};
        found.systems = systems_in(core::read_file(menu, largest_menu));
        if (!found.systems.empty()) {
            found.default_system = found.systems.front(); // NixOS writes the default first
        }
        return found;
    }
    return {};
}

std::vector<std::string> Generations::kinds() const {
    return {"generations_many", "boot_entry_missing"};
}

Findings Generations::look(Sight& sight) {
    if (sight.moment().switching) {
        return {.blind = true};
    }
    Findings findings;
    look_at_profile(sight, findings);
    look_at_boot(sight, findings);
    return findings;
}

void Generations::look_at_profile(Sight& sight, Findings& findings) const {
    const auto all = machine::list_generations(sight.machine());
    const auto& profile = sight.links().profile;
    const auto now = std::find_if(all.rbegin(), all.rend(),
                                  [&](const auto& g) { return profile && g.path == *profile; });
    std::string text = std::to_string(all.size()) + " kept";
    if (now != all.rend()) {
        text = "the profile is at " + std::to_string(now->number) + ", " + text;
    }
    if (all.size() > many) {
        findings.conditions.push_back({.key = "generations_many",
                                       .kind = "generations_many",
                                       .title = "many old generations are kept",
                                       .detail = std::to_string(all.size() / 10 * 10) +
                                                 " and more generations of " + profile_ +
                                                 " keep their packages on the disk",
                                       .severity = Severity::info});
    }
    findings.facts.push_back({.name = "generations",
                              .owner = "nix",
                              .state = all.size() > many ? Fact::State::amiss : Fact::State::good,
                              .text = text});
}

void Generations::look_at_boot(Sight& sight, Findings& findings) const {
    const auto boot = read_boot_entries(sight.mounted("/boot"));
    const auto& profile = sight.links().profile;
    Fact fact{.name = "boot", .owner = "nix", .state = Fact::State::unknown};
    if (boot.loader == BootEntries::Loader::none ||
        boot.loader == BootEntries::Loader::unreadable) {
        fact.text = boot.loader == BootEntries::Loader::none ? "no boot loader that is known here"
                                                             : "/boot may not be read by agentd";
    } else if (profile) {
        const bool there = std::find(boot.systems.begin(), boot.systems.end(), profile->str()) !=
                           boot.systems.end();
        // A pattern as default (`nixos-*`) takes the newest entry: nothing can be said against it.
        const bool taken = !boot.default_system || *boot.default_system == profile->str();
        fact.state = there && taken ? Fact::State::good : Fact::State::amiss;
        fact.text = name_of(boot.loader) + ", " + std::to_string(boot.systems.size()) +
                    " entries; " +
                    (there && taken ? "the next boot takes the profile"
                     : there        ? "the next boot takes another system than the profile"
                                    : "the profile has no entry");
        if (!there || !taken) {
            findings.conditions.push_back(
                {.key = "boot_entry_missing",
                 .kind = "boot_entry_missing",
                 .title = there ? "the next boot does not take the profile's system"
                                : "the profile's system has no boot entry",
                 .detail = profile->str() +
                           (there ? " has an entry that is not the default: "
                                  : " cannot be chosen at boot: ") +
                           name_of(boot.loader) + " starts " +
                           boot.default_system.value_or("the newest entry"),
                 .severity = Severity::warning});
        }
    } else {
        fact.text = name_of(boot.loader) + "; the profile is not known";
    }
    findings.facts.push_back(std::move(fact));
}

} // namespace agentd::observers
