#include "agentd/rehearsal/place.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/rehearsal/fence.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <random>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace agentd::rehearsal {

namespace {

namespace fs = std::filesystem;
using core::Failure;
using core::FailureKind;

/// Another one where it is tried a second time.
std::string root_of(const Bounds& bounds) {
    return bounds.owned ? "/tmp/root" : "/tmp/root-of-others";
}

/// The store is shown as the container's own root's; everybody may read it anyway.
std::string store_of(const Bounds& bounds) {
    return std::string("--bind-ro=/nix/store:/nix/store") + (bounds.owned ? ":idmap" : "");
}

void mount_memory(const char* where, const std::string& options) {
    if (::mount("agentd", where, "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
        throw core::system_failure("cannot mount memory", where, errno);
    }
}

/// Another one each time: from its name come the users that it gets.
std::string some_name() {
    std::random_device random;
    return fmt::format("rehearsal-{:08x}{:08x}", random(), random());
}

std::string find_nspawn() {
    for (const char* place :
         {"/run/current-system/systemd/bin/systemd-nspawn",
          "/run/current-system/sw/bin/systemd-nspawn", "/usr/bin/systemd-nspawn"}) {
        std::error_code error;
        const auto real = fs::canonical(place, error);
        if (!error && ::access(real.c_str(), X_OK) == 0) {
            return real.string();
        }
    }
    throw Failure(FailureKind::misconfigured,
                  "systemd-nspawn is not there (NixOS has it; on Debian: systemd-container)",
                  "/run/current-system/systemd/bin");
}

} // namespace

void leave_the_machine(const Bounds& bounds) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        throw core::system_failure("no mounts of our own can be had: a rehearsal needs root", "",
                                   errno);
    }
    // What is asked for by name later is on the disk or in the store, never below these.
    mount_memory("/run", "size=16m,mode=0755");
    mount_memory("/tmp", fmt::format("size={},nr_inodes=262144,mode=0755", bounds.disk));
}

void make_root(const Bounds& bounds) {
    const std::string root = root_of(bounds);
    for (const char* folder :
         {"/etc", "/usr", "/nix/store", "/proc", "/sys", "/dev", "/run", "/tmp", "/var", "/root"}) {
        fs::create_directories(root + folder);
    }
    // systemd-nspawn asks for it; a system that is activated brings its own.
    core::write_file_durably(root + "/etc/os-release", "ID=agentd-rehearsal\n", 0644);
    std::random_device random; // without one a machine is asked questions at its first boot
    core::write_file_durably(
        root + "/etc/machine-id",
        fmt::format("{:08x}{:08x}{:08x}{:08x}\n", random(), random(), random(), random()), 0444);
    if (!bounds.lent.empty()) {
        for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
            std::error_code error;
            const auto link = fs::read_symlink("/" + std::string(name), error);
            if (!error) {
                fs::create_symlink(link, root + "/" + name);
            }
        }
    }
}

std::string nspawn_program() {
    static const std::string found = find_nspawn();
    return found;
}

int boot_here(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str())); // execve(2) changes none
    }
    arguments.push_back(nullptr);
    constexpr unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (words.empty() || ::mount("proc", "/proc", "proc", flags, nullptr) != 0) {
        std::cerr << "cannot draw /proc: " << std::strerror(errno) << '\n';
        return 126;
    }
    be_the_first_to_go();
    ::execve(arguments.front(), arguments.data(), environ);
    std::cerr << "cannot run " << words.front() << ": " << std::strerror(errno) << '\n';
    return 126;
}

sandbox::Command boot_command(const Question& question, const Bounds& bounds,
                              const std::string& self, const std::string& nspawn) {
    const std::string& system = question.system.str();
    std::vector<std::string> words{
        "--boot",
        nspawn,
        "--quiet",
        "--machine=" + some_name(),
        "--hostname=rehearsal",
        "--directory=" + root_of(bounds),
        "--keep-unit",
        "--register=no",
        "--console=pipe",
        "--private-users=pick",
        "--private-users-ownership=chown",
        "--private-network",
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
        "--kill-signal=SIGKILL",
        "--drop-capability=CAP_AUDIT_CONTROL,CAP_LINUX_IMMUTABLE,CAP_MKNOD,CAP_SYS_BOOT,"
        "CAP_SYS_TTY_CONFIG",
        fmt::format("--rlimit=NPROC={}", bounds.processes),
        "--rlimit=CORE=0",
        store_of(bounds)};
    for (const std::string& folder : bounds.lent) {
        // As nobody's: what only root may read of it stays closed to the container's root.
        words.push_back("--bind-ro=" + folder + ":" + folder);
    }
    // What waits for a device waits in vain; the console is a pipe that nobody needs.
    for (const char* word :
         {"systemd.show_status=0", "systemd.default_device_timeout_sec=5",
          "systemd.log_target=journal", "systemd.journald.forward_to_console=0"}) {
        words.emplace_back(word);
    }
    words.insert(words.end() - 4, system + "/init");
    return {.program = self,
            .arguments = std::move(words),
            .environment = {{"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1"},
                            {"SYSTEMD_LOG_LEVEL", "warning"},
                            {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}},
            .deadline = question.seconds + std::chrono::seconds(70),
            .grace = std::chrono::milliseconds(200),
            .out = {.bytes = 64U << 10},
            .err = {.bytes = 64U << 10},
            .profile = sandbox::Profile{.mount_namespace = sandbox::Need::required,
                                        .process_namespace = sandbox::Need::required,
                                        .umask = 022,
                                        .no_new_privileges = false}};
}

} // namespace agentd::rehearsal
