#include "evaluator/effects/hardening.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace agentd::evaluator::effects {
namespace {

/// Parameters that hand the machine to somebody, or stand for a guard; by their beginning.
constexpr std::array<std::string_view, 58> grave{"init=",
                                                 "rdinit=",
                                                 "root=",
                                                 "systemd.mask",
                                                 "systemd.wants",
                                                 "systemd.unit",
                                                 "systemd.debug",
                                                 "systemd.run",
                                                 "systemd.volatile",
                                                 "systemd.setenv",
                                                 "systemd.set_credential",
                                                 "systemd.import_credentials",
                                                 "systemd.default_debug_tty",
                                                 "SYSTEMD_",
                                                 "boot.shell_on_fail",
                                                 "boot.debug",
                                                 "rd.systemd.mask",
                                                 "rd.systemd.wants",
                                                 "rd.systemd.unit",
                                                 "rd.systemd.debug",
                                                 "rd.systemd.run",
                                                 "rd.break",
                                                 "rd.shell",
                                                 "rd.emergency",
                                                 "rd.luks",
                                                 "audit=",
                                                 "mitigations=",
                                                 "lockdown=",
                                                 "module.sig_enforce",
                                                 "security=",
                                                 "apparmor=",
                                                 "selinux=",
                                                 "enforcing=",
                                                 "lsm=",
                                                 "ima_",
                                                 "evm=",
                                                 "iommu=",
                                                 "iommu.",
                                                 "intel_iommu=",
                                                 "amd_iommu=",
                                                 "nokaslr",
                                                 "nosm",
                                                 "nopti",
                                                 "nospec",
                                                 "no_stf",
                                                 "pti=",
                                                 "kpti=",
                                                 "spec",
                                                 "mds=",
                                                 "l1tf=",
                                                 "tsx",
                                                 "single",
                                                 "emergency",
                                                 "rescue",
                                                 "slub_debug",
                                                 "init_on_",
                                                 "module_blacklist=",
                                                 "modprobe.blacklist="};

/// Values that turn a guard on.
constexpr std::array<std::string_view, 29> protecting{"nosmt",
                                                      "nosmt=force",
                                                      "audit=1",
                                                      "mitigations=auto",
                                                      "mitigations=auto,nosmt",
                                                      "lockdown=integrity",
                                                      "lockdown=confidentiality",
                                                      "module.sig_enforce",
                                                      "module.sig_enforce=1",
                                                      "apparmor=1",
                                                      "selinux=1",
                                                      "enforcing=1",
                                                      "iommu=force",
                                                      "iommu.strict=1",
                                                      "iommu.passthrough=0",
                                                      "intel_iommu=on",
                                                      "amd_iommu=force_isolation",
                                                      "pti=on",
                                                      "kpti=1",
                                                      "spectre_v2=on",
                                                      "spec_store_bypass_disable=on",
                                                      "mds=full",
                                                      "mds=full,nosmt",
                                                      "l1tf=full",
                                                      "l1tf=full,force",
                                                      "tsx=off",
                                                      "init_on_alloc=1",
                                                      "init_on_free=1",
                                                      "slub_debug=FZP"};

/// Neither way of them guards more: what they name may be a guard or what it guards against.
constexpr std::array<std::string_view, 11> either_way{
    "root=", "systemd.mask", "rd.systemd.mask", "rd.luks",           "security=",          "lsm=",
    "ima_",  "evm=",         "slub_debug",      "module_blacklist=", "modprobe.blacklist="};

/// Strictest first: what stands before another guards more.
constexpr std::array<std::string_view, 5> ordered{"mitigations=auto,nosmt", "mitigations=auto",
                                                  "lockdown=confidentiality", "lockdown=integrity",
                                                  "l1tf=full,force"};

template <class Starts> bool starts_with_one_of(const Starts& starts, std::string_view text) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return text.starts_with(start); });
}

bool protects(std::string_view parameter) {
    return std::find(protecting.begin(), protecting.end(), parameter) != protecting.end();
}

std::string_view name_of(std::string_view parameter) {
    return parameter.substr(0, parameter.find('='));
}

/// Of one name, in the order of their strength.
bool is_weaker(std::string_view parameter, std::string_view than) {
    const auto mine = std::find(ordered.begin(), ordered.end(), parameter);
    const auto other = std::find(ordered.begin(), ordered.end(), than);
    return other != ordered.end() && (mine == ordered.end() || mine > other);
}

/// The greater number guards more, or only `enough` does; `enough` is what guards at least as much
/// as a kernel does that is told nothing.
struct Key {
    std::string_view name;
    bool greater = true;
    long enough = 1;
};
constexpr std::array keys{Key{"kernel.yama.ptrace_scope"},
                          Key{"kernel.unprivileged_bpf_disabled"},
                          Key{"kernel.unprivileged_userns_clone", false, 0},
                          Key{"kernel.kptr_restrict"},
                          Key{"kernel.dmesg_restrict"},
                          Key{"kernel.modules_disabled"},
                          Key{"kernel.sysrq", false, 0},
                          Key{"kernel.randomize_va_space", true, 2},
                          Key{"kernel.kexec_load_disabled"},
                          Key{"kernel.perf_event_paranoid", true, 2},
                          Key{"fs.protected_fifos"},
                          Key{"fs.protected_hardlinks"},
                          Key{"fs.protected_regular"},
                          Key{"fs.protected_symlinks"},
                          Key{"fs.suid_dumpable", false, 0},
                          Key{"user.max_user_namespaces", false, 0},
                          Key{"vm.mmap_min_addr", true, 65536}};

/// Settings that run programs, or keep processes and users apart, with no way that guards more.
constexpr std::array<std::string_view, 8> other_guards{
    "kernel.core_pattern",  "kernel.modprobe", "kernel.hotplug", "kernel.yama.",
    "kernel.unprivileged_", "fs.protected_",   "fs.binfmt_misc", "kernel.usermodehelper."};

std::optional<long> number(const std::optional<std::string>& text) {
    long out = 0;
    if (!text)
        return std::nullopt;
    const auto* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, out);
    return read.ec == std::errc{} && read.ptr == end ? std::optional(out) : std::nullopt;
}

} // namespace

Guarding guarding_of_parameter(std::string_view parameter, bool added,
                               const std::vector<std::string>& now) {
    if (parameter.starts_with('"'))
        parameter.remove_prefix(1);
    if (!starts_with_one_of(grave, parameter))
        return Guarding::none;
    if (added ? protects(parameter)
              : !protects(parameter) && !starts_with_one_of(either_way, parameter))
        return Guarding::more; // a guard comes, or what weakened one goes
    const auto stands = [&](const std::string& other) {
        return name_of(other) == name_of(parameter) && protects(other) &&
               !is_weaker(other, parameter);
    };
    return !added && std::any_of(now.begin(), now.end(), stands) ? Guarding::more : Guarding::less;
}

Guarding guarding_of_sysctl(std::string_view key, const std::optional<std::string>& before,
                            const std::optional<std::string>& after) {
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const Key& each) { return key == each.name; });
    if (found == keys.end())
        return starts_with_one_of(other_guards, key) ? Guarding::less : Guarding::none;
    const auto new_value = number(after);
    const auto old_value = before ? number(before) : std::optional(found->enough);
    const bool more = new_value && old_value &&
                      (found->greater ? *new_value >= *old_value : *new_value == found->enough);
    return more ? Guarding::more : Guarding::less;
}

} // namespace agentd::evaluator::effects
