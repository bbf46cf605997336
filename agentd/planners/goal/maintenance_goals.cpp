// What a machine does by itself: collect garbage, upgrade, keep its store small.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Result;

Result<Made> collect(const State& match, const Situation&) {
    Made out{.wishes = {set("nix.gc.automatic", true)}};
    for (const std::string often : {"daily", "weekly", "monthly"}) {
        if (match.has(often)) {
            out.wishes.push_back(set("nix.gc.dates", often));
        }
    }
    if (match.has("duration")) {
        out.wishes.push_back(
            set("nix.gc.options", "--delete-older-than " + match.text("duration")));
    }
    return out;
}
Result<Made> no_collect(const State&, const Situation&) {
    return only(set("nix.gc.automatic", false));
}
Result<Made> optimise(const State&, const Situation&) {
    return only(set("nix.optimise.automatic", true));
}
Result<Made> optimise_always(const State&, const Situation& in) {
    return only(
        set(spelling(in, {"nix.settings.auto-optimise-store", "nix.autoOptimiseStore"}), true));
}
Result<Made> upgrade(const State& match, const Situation&) {
    Made out{.wishes = {set("system.autoUpgrade.enable", true)}};
    for (const std::string often : {"daily", "weekly", "monthly"}) {
        if (match.has(often)) {
            out.wishes.push_back(set("system.autoUpgrade.dates", often));
        }
    }
    if (match.has("reboot") || match.has("noreboot")) {
        out.wishes.push_back(set("system.autoUpgrade.allowReboot", match.has("reboot")));
    }
    return out;
}
Result<Made> no_upgrade(const State&, const Situation&) {
    return only(set("system.autoUpgrade.enable", false));
}
Result<Made> flakes(const State&, const Situation&) {
    return Made{.wishes = {add("nix.settings.experimental-features", "nix-command"),
                           add("nix.settings.experimental-features", "flakes")}};
}
Result<Made> unfree(const State&, const Situation&) {
    return only(set("nixpkgs.config.allowUnfree", true));
}

Result<Made> reboots(const State&, const Situation&) {
    return only(set("system.autoUpgrade.allowReboot", true));
}
Result<Made> no_reboots(const State&, const Situation&) {
    return only(set("system.autoUpgrade.allowReboot", false));
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(turn on|enable|allow|switch on) automatic reboots [(after|for|with) [automatic] "
     "(upgrades|updates)]",
     reboots, "allow automatic reboots after upgrades"},
    {"(turn|switch) automatic reboots [after [automatic] (upgrades|updates)] on", reboots},
    {"(turn off|disable|forbid|switch off) automatic reboots [(after|for) [automatic] "
     "(upgrades|updates)]",
     no_reboots},
    {"(turn|switch) automatic reboots [after [automatic] (upgrades|updates)] off", no_reboots},
    {"(collect garbage|run garbage collection|run the garbage collector|garbage collect|enable "
     "garbage collection|turn on garbage collection|enable automatic garbage collection|turn on "
     "automatic garbage collection) [automatically] [,] [daily {nothing:daily}|every day "
     "{nothing:daily}|once a day {nothing:daily}|weekly {nothing:weekly}|every week "
     "{nothing:weekly}|"
     "once a week {nothing:weekly}|monthly {nothing:monthly}|every month {nothing:monthly}] "
     "[[,] [and|by] (delete|deleting|remove|removing) [generations|everything|what is|anything] "
     "older than {duration}]",
     collect, "collect garbage weekly and delete everything older than 30d"},
    {"(delete|remove) [generations|everything] older than {duration} [automatically] "
     "[daily {nothing:daily}|every day {nothing:daily}|weekly {nothing:weekly}|every week "
     "{nothing:weekly}|monthly {nothing:monthly}]",
     collect},
    {"keep [old] [nix|nixos|store|system] [store|system] generations [for] [only|at most] "
     "{duration}",
     collect, "keep generations for 30 days"},
    {"keep [only|at most|last] {duration} of [nix|nixos|store|system] generations", collect},
    {"(clean up|delete|remove) old [nix|store|system] generations after {duration}", collect},
    {"(enable|turn on|switch on) [automatic] [nix] garbage collector", collect},
    {"(disable|turn off|switch off|stop) [automatic] [nix] garbage (collection|collector)",
     no_collect},
    {"(turn|switch) [automatic] [nix] garbage collection off", no_collect},
    {"no automatic [nix] garbage collection", no_collect},
    {"(optimise|optimize|deduplicate) [nix] store [automatically|regularly|daily]", optimise,
     "optimise the nix store"},
    {"(enable|turn on) automatic store (optimisation|optimization)", optimise},
    {"(enable|turn on) auto-optimise-store", optimise_always},
    {"(optimise|optimize|deduplicate) [nix] store (on|with|after|at) every build", optimise_always},
    {"(enable|turn on|switch on|set up) (automatic|auto) (upgrades|updates|upgrade|update) "
     "[daily {nothing:daily}|every day {nothing:daily}|weekly {nothing:weekly}|every week "
     "{nothing:weekly}|monthly {nothing:monthly}] [[,|and] (with reboots|with reboot|allow reboots|"
     "allow reboot) {nothing:reboot}|[,|but] (without reboots|without rebooting|without reboot) "
     "{nothing:noreboot}]",
     upgrade, "turn on automatic upgrades weekly without reboots"},
    {"(upgrade|update) (automatically|by itself) [daily {nothing:daily}|every day {nothing:daily}|"
     "weekly {nothing:weekly}|every week {nothing:weekly}|monthly {nothing:monthly}]",
     upgrade},
    {"(disable|turn off|switch off|stop) (automatic|auto) (upgrades|updates|upgrade|update)",
     no_upgrade},
    {"(enable|turn on|allow|use) [nix] (flakes|flakes and nix command)", flakes, "enable flakes"},
    {"(allow|permit|enable) unfree (packages|software)", unfree, "allow unfree packages"},
});

} // namespace

Patterns maintenance_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
