// The machine as it runs: its log, names of others, kernel, sound, upgrades at a time of day.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Result;

/// It is one text: where something else is said there already, a person puts the two together.
Result<Made> journal(const State& match, const Situation&) {
    Wish wish = set("services.journald.extraConfig",
                    (match.has("age") ? "MaxRetentionSec=" + match.text("duration")
                                      : "SystemMaxUse=" + match.text("size")));
    wish.fresh = true;
    return only(std::move(wish));
}

Result<Made> name_servers(const State& match, const Situation&) {
    Made out;
    for (const Item& server : match.items("addresses")) {
        out.wishes.push_back(add("networking.nameservers", server.text));
    }
    return out;
}
Result<Made> no_ipv6(const State&, const Situation&) {
    return only(set("networking.enableIPv6", false));
}
Result<Made> blacklist(const State& match, const Situation&) {
    Made out;
    for (const Item& item : match.items("values")) {
        out.wishes.push_back(add("boot.blacklistedKernelModules", item.text));
    }
    return out;
}
Result<Made> no_name_servers(const State& match, const Situation&) {
    Made out;
    for (const Item& server : match.items("addresses")) {
        out.wishes.push_back(remove("networking.nameservers", server.text));
    }
    return out;
}

Result<Made> kernel(const State& match, const Situation&) {
    const std::string which = match.has("zen")        ? "linuxPackages_zen"
                              : match.has("hardened") ? "linuxPackages_hardened"
                              : match.has("lts")      ? "linuxPackages"
                                                      : "linuxPackages_latest";
    return only(set("boot.kernelPackages", attribute(which)));
}

Result<Made> parameters(const State& match, const Situation&) {
    Made out;
    for (const Item& item : match.items("values")) {
        out.wishes.push_back(add("boot.kernelParams", item.text));
    }
    return out;
}
Result<Made> no_parameters(const State& match, const Situation&) {
    Made out;
    for (const Item& item : match.items("values")) {
        out.wishes.push_back(remove("boot.kernelParams", item.text));
    }
    return out;
}

/// "Set them to": these and no others.
Result<Made> only_name_servers(const State& match, const Situation&) {
    proposals::Strings all;
    for (const Item& server : match.items("addresses")) {
        all.push_back(server.text);
    }
    return only(set("networking.nameservers", Value(std::move(all))));
}

Result<Made> forwarding(const State& match, const Situation&) {
    const bool on = !match.has("off");
    Made out;
    if (!match.has("only6")) {
        out.wishes.push_back(set("boot.kernel.sysctl.\"net.ipv4.ip_forward\"", on ? 1 : 0));
    }
    if (match.has("also6") || match.has("only6")) {
        out.wishes.push_back(
            set("boot.kernel.sysctl.\"net.ipv6.conf.all.forwarding\"", on ? 1 : 0));
    }
    return out;
}

Result<Made> sound(const State&, const Situation&) {
    return Made{.wishes = {set("security.rtkit.enable", true),
                           set("services.pipewire.enable", true),
                           set("services.pipewire.alsa.enable", true),
                           set("services.pipewire.pulse.enable", true)}};
}

Result<Made> upgrade(const State& match, const Situation&) {
    Made out{.wishes = {set("system.autoUpgrade.enable", true)}};
    if (match.has("clock")) {
        out.wishes.push_back(set("system.autoUpgrade.dates", match.text("clock")));
    }
    if (match.has("reboot") || match.has("noreboot")) {
        out.wishes.push_back(set("system.autoUpgrade.allowReboot", match.has("reboot")));
    }
    return out;
}

#define JOURNAL "(journal|journald|systemd journal|system journal|log journal)"
#define LIMIT "(limit|cap|restrict|set|reduce|shrink)"
#define REBOOT                                                                                     \
    "[[,|and] (reboot|restart|rebooting|with reboot|with reboots) [(if|when|where) (needed|"       \
    "necessary|required)] {nothing:reboot}|[,|but] (without|never) (reboot|reboots|rebooting) "    \
    "{nothing:noreboot}]"

constexpr auto patterns = std::to_array<Pattern>({
    {LIMIT " " JOURNAL " [size|to use] (to|at|to at most|to a maximum of) {size}", journal,
     "limit the journal to 500M"},
    {LIMIT " [maximum] size of " JOURNAL " to {size}", journal},
    {LIMIT " " JOURNAL " [size] limit (to|=) {size}", journal},
    {JOURNAL
     " (should|may|must|can) (use|take|take up|be|grow to|have) [at most|up to|no more than|"
     "not more than] {size} [of (disk|disk space|space)]",
     journal},
    {"(let|allow) " JOURNAL " [to] (use|keep|take|have) [at most|up to|only|no more than] {size}",
     journal},
    {"keep [only|at most|last] {duration} of " JOURNAL " {nothing:age}", journal,
     "keep 30 days of the journal"},
    {"keep " JOURNAL " [entries|messages] [for] [only|at most] {duration} {nothing:age}", journal},
    {"(use|add|set) {addresses} as [dns|name] (server|servers|nameserver|nameservers|resolver|"
     "resolvers)",
     name_servers, "use 1.1.1.1 and 9.9.9.9 as DNS servers"},
    {"(use|add) [dns|name] (server|servers|nameserver|nameservers|resolver|resolvers) {addresses}",
     name_servers},
    {"(remove|drop|stop using) [dns|name] (server|servers|nameserver|nameservers) {addresses}",
     no_name_servers},
    {"(use|run|install|switch to|boot|move to) (latest|newest|mainline|most recent) [linux] kernel",
     kernel, "use the latest kernel"},
    {"(use|run|install|switch to|boot|move to) (zen {nothing:zen}|hardened {nothing:hardened}|lts "
     "{nothing:lts}|long-term {nothing:lts}|default {nothing:lts}) [linux] kernel",
     kernel},
    {"set [linux] kernel to (latest|newest|mainline|most recent) [one|kernel]", kernel},
    {"(add|append|set|use) [kernel|boot] (parameter|parameters|param|params|command line|argument|"
     "arguments) {values}",
     parameters, "add the kernel parameter quiet"},
    {"(remove|drop|delete) [kernel|boot] (parameter|parameters|param|params|argument|arguments) "
     "{values}",
     no_parameters},
    {"(disable|turn off|switch off) ipv6", no_ipv6, "disable ipv6"},
    {"blacklist [kernel] (module|modules|driver|drivers) {values}", blacklist},
    {"add {addresses} to [dns|name] (servers|nameservers|resolvers)", name_servers},
    {"(set|change) [dns|name] (server|servers|nameserver|nameservers|resolver|resolvers) (to|=) "
     "{addresses}",
     only_name_servers, "set the DNS servers to 1.1.1.1 and 9.9.9.9"},
    {"(enable|turn on|allow) (ip|ipv4|packet|network|ip packet) forwarding [[,] (also for|for|and) "
     "(ipv6|ipv4 and ipv6|ipv6 forwarding) [too] {nothing:also6}]",
     forwarding, "enable IP forwarding"},
    {"(enable|turn on|allow) ipv6 forwarding {nothing:only6}", forwarding},
    {"(disable|turn off|forbid) (ip|ipv4|packet|network) forwarding {nothing:off}", forwarding},
    {"(enable|turn on|set up|use) (sound|audio) [with|through|via] [pipewire]", sound,
     "enable sound with pipewire"},
    {"(use|set up) pipewire (for|as) [sound|audio] [sound server|server|sound|audio]", sound},
    {"(upgrade|update) [system|machine|host|itself] automatically [(every|each) (night|day)|daily|"
     "nightly] [at {clock}] " REBOOT,
     upgrade, "upgrade automatically every night at 4am and reboot if needed"},
    {"(enable|turn on|set up) (automatic|auto) (upgrades|updates|upgrade|update) [(every|each) "
     "(night|day)|daily|nightly] at {clock} " REBOOT,
     upgrade},
});

#undef JOURNAL
#undef LIMIT
#undef REBOOT

} // namespace

Patterns machine_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
