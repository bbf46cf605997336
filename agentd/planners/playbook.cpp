#include "agentd/planners/playbook.hpp"

#include "agentd/core/match.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners {

namespace {

struct Known {
    std::string_view kind{};
    std::string_view apply_head{}; ///< why applying the head helps, or empty
    std::string_view why{};        ///< why nothing else is known
    std::string_view look{};
};

constexpr std::array table{
    Known{"running_not_head", "the running system is not what the flake's head builds", "", ""},
    Known{"running_not_profile", "", "which of the two systems is wanted is for a person to say",
          "nix-env --list-generations -p /nix/var/nix/profiles/system"},
    Known{"head_broken", "", "the head does not evaluate, so nothing can be planned against it",
          "the message of the evaluation"},
    Known{"unit_missing", "", "whether the flake has an option for the unit has to be looked up",
          "the options of the flake for "},
    Known{"unit_failed", "", "why a unit failed is in its journal, not in its declaration",
          "journalctl -u "},
    Known{"unit_inactive", "", "it is not for agentd to start", "systemctl status "},
    Known{"unit_flapping", "", "why a unit does not stay up is in its journal", "journalctl -u "},
    Known{"machine_unreachable", "", "who does not answer cannot be told anything",
          "systemctl is-system-running, and journalctl -u dbus"},
    Known{"journal_burst", "", "what the errors mean is for a person to read",
          "journalctl -p err -u "},
    Known{"disk_full", "", "what may go is for a person to say",
          "nix-store --gc --print-dead, and du -xh -d 2 "},
    Known{"inodes_full", "", "many small files have to go", "du --inodes -xd 2 "},
    Known{"disk_read_only", "", "a disk that made errors has to be looked at before it is written",
          "dmesg, and smartctl -a of the disk below "},
    Known{"clock_not_synchronised", "", "the servers may not be reachable",
          "timedatectl timesync-status"},
    Known{"clock_jumped", "", "who set it is in the journal", "journalctl -g 'time|clock'"},
    Known{"reboot_needed", "", "when it may reboot is for a person to say", "systemctl reboot"},
    Known{"generations_many", "", "which of them are wanted is for a person to say",
          "nix-env --list-generations -p /nix/var/nix/profiles/system"},
    Known{"boot_entry_missing", "", "the boot loader has to be written again",
          "/run/current-system/bin/switch-to-configuration boot"},
    Known{"etc_replaced", "",
          "whether the file or the configuration is right is for a person to say", "ls -l "},
    Known{"etc_missing", "", "the next switch brings it back", "ls -l "},
    Known{"etc_foreign", "", "who put them there has to be found out first", "ls -l "},
    Known{"nix_daemon_down", "", "why it ended is in its journal", "journalctl -u nix-daemon"},
    Known{"store_damaged", "", "the path has to be fetched or built again, and the disk looked at",
          "nix-store --repair-path "},
    Known{"input_old", "", "whether its newest revision is wanted is for a person to say",
          "agentctl plan 'bump the input "},
    Known{"port_exposed", "", "whether it is meant for others is for a person to say", "ss -ltnup"},
    Known{"port_undeclared", "", "whether it is meant for others is for a person to say",
          "ss -ltnup"},
    Known{"port_unused", "", "the opening may go, or a service is missing", "ss -ltnup"},
    Known{"firewall_down", "", "why it does not run is in its journal", "journalctl -u "},
    Known{"graphics_stale", "",
          "the link is made by systemd-tmpfiles, and taken up at the next login",
          "systemd-tmpfiles --create --prefix="},
    Known{"part_down", "", "why it ended is in its journal", "journalctl -u "},
    Known{"log_space", "", "room has to be made before anything else is done", "du -xh -d 2 "},
    Known{"landing_waits", "", "the branch is yours", "agentctl pull, or `agentctl list --all`"},
};

/// A person may copy the line into a shell: what is no plain name is left out of it.
bool is_plain(std::string_view subject) {
    return std::all_of(subject.begin(), subject.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("@:_./-+").find(c) != std::string_view::npos;
    });
}

/// What one act mends, or nullopt. A unit that no act may be about has none.
std::optional<Do> act_for(const Symptom& symptom) {
    if (symptom.kind == "disk_full" || symptom.kind == "generations_many") {
        return Do{.act = proposals::GcOlderThan{.days = 30},
                  .why = "generations older than a month keep what nothing uses any more"};
    }
    const bool stopped = symptom.kind == "unit_inactive" || symptom.kind == "firewall_down" ||
                         symptom.kind == "nix_daemon_down" ||
                         symptom.kind == "clock_not_synchronised";
    const auto unit = stopped ? core::UnitName::parse(symptom.subject) : std::nullopt;
    if (!unit) {
        return std::nullopt;
    }
    Do restart{.act = proposals::RestartUnit{.unit = *unit}, .why = "it does not run as it should"};
    return proposals::why_forbidden(restart.act) ? std::nullopt : std::optional(std::move(restart));
}

} // namespace

Remedy remedy_for(const Symptom& symptom) {
    if (auto act = act_for(symptom)) {
        return std::move(*act);
    }
    const auto* const known = std::find_if(
        table.begin(), table.end(), [&](const Known& row) { return row.kind == symptom.kind; });
    if (known == table.end()) {
        return NoRemedy{.why = "no remedy is known for this"};
    }
    if (!known->apply_head.empty()) {
        return ApplyHead{.why = std::string(known->apply_head)};
    }
    const bool appends = known->look.ends_with(' ') || known->look.ends_with('=');
    const bool in_quotes = known->look.find('\'') != std::string_view::npos && appends;
    if (appends && !is_plain(symptom.subject)) {
        return NoRemedy{.why = std::string(known->why)};
    }
    NoRemedy none{.why = std::string(known->why), .look = std::string(known->look)};
    if (appends) {
        none.look += symptom.subject + (in_quotes ? "'" : "");
    }
    return none;
}

std::string advice(const Symptom& symptom) {
    // These two are looked for in the flake itself; whether something was found is a proposal of
    // its own.
    if (symptom.kind == "unit_failed") {
        return "taking back the commit that changed it, where one of the last ones did; else look "
               "at: "
               "journalctl -u " +
               symptom.subject;
    }
    if (symptom.kind == "unit_missing") {
        return "enabling it, where the flake has an option for it";
    }
    return core::match(
        remedy_for(symptom), [](const ApplyHead& head) { return "apply the head: " + head.why; },
        [](const Do& act) { return "proposed: " + proposals::describe(act.act) + ": " + act.why; },
        [](const NoRemedy& none) {
            return "no remedy known: " + none.why +
                   (none.look.empty() ? "" : "; look at: " + none.look);
        });
}

std::string_view name_of(const Remedy& remedy) noexcept {
    return core::match(
        remedy, [](const NoRemedy&) { return ""; }, [](const ApplyHead&) { return "apply_head"; },
        [](const Do&) { return "act"; });
}

} // namespace agentd::planners
