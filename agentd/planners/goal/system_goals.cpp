// The machine as a whole: its time, language, name, keyboard, memory, boot.
#include "agentd/planners/goal/clause.hpp"

#include "agentd/core/text.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

Result<Made> zone(const State& match, const Situation&) {
    return only(set("time.timeZone", match.text("zone")));
}
Result<Made> locale(const State& match, const Situation&) {
    return only(set("i18n.defaultLocale", match.text("locale")));
}
Result<Made> host_name(const State& match, const Situation&) {
    return only(set("networking.hostName", match.text("name")));
}
Result<Made> console(const State& match, const Situation&) {
    return only(set("console.keyMap", match.text("name")));
}
Result<Made> layout(const State& match, const Situation& in) {
    return only(set(spelling(in, {"services.xserver.xkb.layout", "services.xserver.layout"}),
                    match.text("name")));
}

Result<Made> zram_size(const State& match, const Situation&) {
    const std::int64_t percent = match.items("percent").front().number;
    return only(set("zramSwap.memoryPercent", percent));
}
Result<Made> zram(const State& match, const Situation& in) {
    auto out = zram_size(match, in);
    out.value().wishes.insert(out.value().wishes.begin(), set("zramSwap.enable", true));
    return out;
}

Result<Made> boot_timeout(const State& match, const Situation&) {
    return only(set("boot.loader.timeout", match.items("number").front().number));
}
bool is_seen(const Situation& in, std::string_view option) {
    const auto path = proposals::OptionPath::parse(option);
    const Sayings* said = in.scene.around.said;
    return path && said != nullptr && said->seen(*path) == Seen::yes;
}

Result<Made> generations(const State& match, const Situation& in) {
    const std::int64_t most = match.items("number").front().number;
    const bool systemd = is_seen(in, "boot.loader.systemd-boot");
    const bool grub = is_seen(in, "boot.loader.grub");
    const Made of_systemd = only(set("boot.loader.systemd-boot.configurationLimit", most));
    const Made of_grub = only(set("boot.loader.grub.configurationLimit", most));
    if (systemd == grub && in.scene.around.said != nullptr) { // not known, or both
        return all_of({{of_systemd, of_grub}});
    }
    return grub ? of_grub : of_systemd;
}
Result<Made> no_editor(const State&, const Situation&) {
    return only(set("boot.loader.systemd-boot.editor", false));
}
Result<Made> sysctl(const State& match, const Situation&) {
    return only(set("boot.kernel.sysctl.\"" + match.text("sysctl") + "\"",
                    *match.items("value").front().value));
}
Result<Made> graphics32(const State&, const Situation& in) {
    return only(set(
        spelling(in, {"hardware.graphics.enable32Bit", "hardware.opengl.driSupport32Bit"}), true));
}
Result<Made> no_dhcp(const State&, const Situation&) {
    return only(set("networking.useDHCP", false));
}
Result<Made> dhcp(const State&, const Situation&) {
    return only(set("networking.useDHCP", true));
}
Result<Made> city(const State& match, const Situation&) {
    return Problem{.code = "bad_value",
                   .message = quoted(match.text("name")) + " is no time zone by its name",
                   .hint = "name it with its area, like Europe/Berlin or America/New_York"};
}

Result<Made> swappiness(const State& match, const Situation&) {
    return only(set("boot.kernel.sysctl.\"vm.swappiness\"", match.items("number").front().number));
}
/// As NixOS makes it: a file of so many MiB.
Result<Made> swap_file(const State& match, const Situation&) {
    const std::string size = match.text("size");
    const auto number = core::parse_integer(std::string_view(size).substr(0, size.size() - 1));
    const std::int64_t unit = size.back() == 'T' ? 1 << 20 : size.back() == 'G' ? 1 << 10 : 1;
    if (!number || size.back() == 'K' || *number < 1 || *number > (1 << 24) / unit) {
        return Problem{.code = "bad_value", .message = quoted(size) + " is no size of a swap file"};
    }
    const std::string path = match.text("path");
    Wish wish = add("swapDevices", path.empty() ? "/var/lib/swapfile" : path);
    wish.size = *number * unit;
    return only(std::move(wish));
}

/// Where there is none yet: what is there is another one, and stays.
Result<Made> swap_of_size(const State& match, const Situation& in) {
    const Sayings* said = in.scene.around.said;
    if (said != nullptr && said->seen(*proposals::OptionPath::parse("swapDevices")) != Seen::no) {
        return Problem{.code = "bad_value",
                       .message = "the repository says something of swapDevices already, or may",
                       .hint = "change its size there by hand, or say: create a swap file of 8 GB"};
    }
    return swap_file(match, in);
}
/// For everybody who has none of his own.
Result<Made> default_shell(const State& match, const Situation&) {
    const std::string shell = match.text("package");
    Made out{.wishes = {set("users.defaultUserShell", attribute(shell))}};
    if (shell == "zsh" || shell == "fish" || shell == "xonsh") { // NixOS asks for it
        out.wishes.push_back(set("programs." + shell + ".enable", true));
    }
    return out;
}
Result<Made> norway(const State&, const Situation&) {
    return only(set("console.keyMap", std::string("no")));
}
Result<Made> open_nvidia(const State&, const Situation&) {
    return only(set("hardware.nvidia.open", true));
}

Result<Made> tmpfs(const State&, const Situation& in) {
    return only(set(spelling(in, {"boot.tmp.useTmpfs", "boot.tmpOnTmpfs"}), true));
}
Result<Made> clean_tmp(const State&, const Situation& in) {
    return only(set(spelling(in, {"boot.tmp.cleanOnBoot", "boot.cleanTmpDir"}), true));
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(set|change|switch) [default|system] (time zone|timezone) (to|=) {zone}", zone,
     "set the time zone to Europe/Berlin"},
    {"[use|move to] (time zone|timezone) (to|=|is|should be|:) {zone}", zone},
    {"(use|move to) (time zone|timezone) {zone}", zone},
    {"(use|move to) {zone} (time zone|timezone|as time zone|as timezone)", zone},
    {"(time zone|timezone) (should|must) be {zone}", zone},
    {"(set|change|switch) [default|system] (locale|language) (to|=) {locale}", locale,
     "set the locale to en_GB.UTF-8"},
    {"use [default] locale {locale}", locale},
    {"use {locale} as [default] locale", locale},
    {"(set|change) (hostname|host name) (to|=) {name}", host_name, "set the hostname to web"},
    {"(set|change|switch) [console|tty] (keymap|key map) (to|=) {name}", console,
     "set the console keymap to us"},
    {"(set|change|switch) console (keyboard layout|keyboard|layout) (to|=) {name}", console},
    {"(set|change|switch) [x11|xorg|graphical|desktop] (keyboard layout|keyboard) (to|=) {name}",
     layout, "set the keyboard layout to de"},
    {"use {name} keyboard layout", layout},
    {"(set|change|limit|increase|raise|reduce|lower|cap) [default] [maximum] zram [swap] "
     "[size|memory|limit] to {percent} [of (memory|ram)]",
     zram_size, "limit zram to 50 percent of memory"},
    {"(use|give|allow|reserve) [up to|at most] {percent} of (memory|ram) (for|to|as) zram [swap]",
     zram_size},
    {"(let|allow) zram [swap] [to] use [up to|at most] {percent} of (memory|ram)", zram_size},
    {"zram [swap] (should|may|can) (use|be) [up to|at most] {percent} [of (memory|ram)]",
     zram_size},
    {"(enable|turn on|use|set up) (zram|zram swap|compressed swap) (with|using|of|at) {percent} "
     "[of (memory|ram)]",
     zram, "enable zram with 50 percent of memory"},
    {"(set|change|reduce|lower|increase|raise) (boot loader|bootloader|boot menu|boot) "
     "(timeout|time out|delay) to {number} [second|seconds|s]",
     boot_timeout, "set the boot loader timeout to 3 seconds"},
    {"(set|change) timeout (of|for) (boot loader|bootloader|boot menu) to {number} "
     "[second|seconds|s]",
     boot_timeout},
    {"[only] (keep|show|list) [only|at most|up to|last] {number} "
     "(generations|configurations|entries) in "
     "(boot menu|boot loader|bootloader|systemd-boot)",
     generations, "keep at most 10 generations in the boot menu"},
    {"[only] (keep|show|list|allow) [only|at most|up to|last] {number} boot [menu] "
     "(generations|configurations|entries)",
     generations},
    {"(limit|restrict|cap) (boot menu|boot loader|bootloader|systemd-boot) to [at most] {number} "
     "(generations|configurations|entries)",
     generations},
    {"(show|display) (boot menu|boot loader|bootloader) for {number} (second|seconds|s)",
     boot_timeout},
    {"(disable|turn off|switch off|forbid) [systemd-boot|boot loader|bootloader|boot menu] "
     "[kernel command line] editor [(in|of) (systemd-boot|boot loader|bootloader|boot menu)]",
     no_editor, "turn off the systemd-boot editor"},
    {"[systemd-boot|boot loader|bootloader|boot menu] editor (is|should be|must be) "
     "(disabled|off|turned off)",
     no_editor},
    {"(set|change|raise|increase|lower|reduce) [sysctl|kernel parameter|kernel setting] {sysctl} "
     "(to|=) {value}",
     sysctl, "set vm.swappiness to 10"},
    {"{sysctl} (to|=|should be|must be) {value}", sysctl},
    {"(allow|enable|turn on) (32-bit|32 bit|32bit) (graphics|opengl|graphics drivers) [support]",
     graphics32, "enable 32-bit graphics"},
    {"(turn off|disable|switch off|not use|do not use|don't use) dhcp", no_dhcp, "turn off dhcp"},
    {"(turn|switch) dhcp off", no_dhcp},
    {"(turn on|enable|switch on|use) dhcp", dhcp},
    {"(set|change|switch) [default|system] (time zone|timezone) to {name}", city},
    {"get time zone {zone}", zone},
    {"(set|change) [vm] swappiness (to|=) {number}", swappiness, "set the swappiness to 10"},
    {"(set|change|switch) [console|tty] (keymap|key map) (to|=) no", norway},
    {"(make|set|use) {package} [as] [default] [login] shell (of|for) (all|every) (user|users)",
     default_shell, "make zsh the default shell for all users"},
    {"(make|set|use) {package} [as] default [login] shell (for|of) everybody", default_shell},
    {"(use|enable|turn on) (open nvidia|nvidia open|open-source nvidia) [kernel] "
     "(driver|drivers|module|modules)",
     open_nvidia, "use the open nvidia driver"},
    {"(set|change) (swap|swap file|swapfile|swap space) [size] (to|=) {size}", swap_of_size},
    {"(add|create|make|set up|use|enable|have|turn on) [new] (swap file|swapfile|swap space|swap) "
     "[(of|with) [size]] {size} [[of] swap] [(at|in|as) {path}]",
     swap_file, "create a swap file of 8 GB"},
    {"(add|create|make|set up|use|enable|have) [new] {size} [of] (swap file|swapfile|swap space|"
     "swap) [(at|in|as) {path}]",
     swap_file},
    {"(put|mount|keep) /tmp (in|on|as|into) (tmpfs|ram|memory)", tmpfs, "put /tmp on tmpfs"},
    {"(clean|clear|empty|wipe) /tmp (on|at|during|every) boot", clean_tmp, "clean /tmp on boot"},
});

} // namespace

Patterns system_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
