// What the kernel gives, asked of the kernel itself: a file that says so is not a proof.
#include "agentd/api/prerequisites.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

namespace agentd::api {

namespace {

Prerequisite check(std::string name, bool ok, std::string detail, std::string mend) {
    return {
        .name = std::move(name), .ok = ok, .detail = std::move(detail), .mend = std::move(mend)};
}

std::string number_in(const char* path) {
    return std::string(core::trim(core::read_file_if_exists(path, 64).value_or("")));
}

Prerequisite landlock() {
    const long abi =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return check(
        "landlock", abi >= 1,
        abi >= 1 ? "ABI " + std::to_string(abi)
                 : std::string("the kernel says: ") + std::strerror(errno),
        "a kernel with CONFIG_SECURITY_LANDLOCK and `landlock` in its lsm= list: without it an "
        "evaluation can read every file its user may read");
}

Prerequisite seccomp() {
    const int mode = ::prctl(PR_GET_SECCOMP);
    const auto actions = core::read_file_if_exists("/proc/sys/kernel/seccomp/actions_avail", 256);
    const bool there = mode >= 0 && actions && actions->find("errno") != std::string::npos;
    return check("seccomp", there,
                 there ? "filters can be set" : "the kernel has no filters of system calls",
                 "a kernel with CONFIG_SECCOMP_FILTER");
}

Prerequisite user_namespaces(bool root) {
    const std::string most = number_in("/proc/sys/user/max_user_namespaces");
    const std::string clone = number_in("/proc/sys/kernel/unprivileged_userns_clone");
    const bool there = !most.empty() && most != "0" && (clone.empty() || clone == "1" || root);
    return check(
        "user-namespaces", there,
        there         ? "at most " + most
        : most == "0" ? "switched off (user.max_user_namespaces = 0)"
                      : "only for root (kernel.unprivileged_userns_clone = 0)",
        "Nix's own sandbox wants them: boot.kernel.sysctl.\"user.max_user_namespaces\" = 15000");
}

/// Limits that systemd accepts and the kernel does not have are no limits.
Prerequisite control_groups() {
    const auto all = core::read_file_if_exists("/sys/fs/cgroup/cgroup.controllers", 4096);
    std::vector<std::string> missing;
    const std::string text = all.value_or("");
    const auto have = core::split(core::trim(text), ' ');
    for (const char* wanted : {"memory", "pids", "cpu"}) {
        if (std::find(have.begin(), have.end(), wanted) == have.end()) {
            missing.emplace_back(wanted);
        }
    }
    return check(
        "cgroups", missing.empty(),
        !all              ? "no unified control group hierarchy at /sys/fs/cgroup"
        : missing.empty() ? "controllers " + std::string(core::trim(*all))
                          : "without the controllers " + core::join(missing, ", "),
        "boot with the unified hierarchy (systemd's default); without these, limits of memory and "
        "tasks are written down and not kept");
}

} // namespace

std::vector<Prerequisite> kernel_prerequisites(const Config&) {
    std::vector<Prerequisite> out{landlock(), seccomp(), user_namespaces(::geteuid() == 0),
                                  control_groups()};
    out.back().needed = false;
    const long pidfd = ::syscall(SYS_pidfd_open, ::getpid(), 0);
    if (pidfd >= 0) {
        ::close(static_cast<int>(pidfd));
    }
    out.push_back(check("pidfd", pidfd >= 0,
                        pidfd >= 0 ? "processes can be held by descriptor" : "not there",
                        "Linux 5.3 or newer"));
    const std::string watches = number_in("/proc/sys/fs/inotify/max_user_watches");
    const auto most = core::parse_integer(watches).value_or(0);
    out.push_back(check(
        "inotify", most >= 4096, "fs.inotify.max_user_watches = " + watches,
        "boot.kernel.sysctl.\"fs.inotify.max_user_watches\" = 524288; until then some changes "
        "are seen only by the slow pass"));
    return out;
}

std::vector<Prerequisite> observing_prerequisites(const Config& config) {
    std::vector<Prerequisite> out;
    if (config.machine.kind == MachineKind::demo) {
        return out;
    }
    sd_journal* journal = nullptr;
    const bool opened = sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM) >= 0;
    const bool readable =
        opened && sd_journal_seek_tail(journal) >= 0 && sd_journal_previous(journal) > 0;
    if (opened) {
        sd_journal_close(journal);
    }
    out.push_back(
        check("journal", readable,
              readable ? "can be read" : "nothing of the system's journal can be read",
              "put the daemon's user into the group systemd-journal (the NixOS module does)"));
    const bool boot = ::access("/boot", R_OK | X_OK) == 0;
    out.push_back(check(
        "boot", boot,
        boot ? "/boot can be read" : "/boot cannot be read: boot entries are not compared",
        "mount it so that the daemon's user can read it (umask=0022); nothing else depends on it"));
    for (Prerequisite& one : out) {
        one.needed = false;
    }
    return out;
}

} // namespace agentd::api
