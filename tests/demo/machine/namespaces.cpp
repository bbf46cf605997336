#include "namespaces.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace agentd::demo {

namespace {

constexpr int poweroff_patience_ms = 20'000;

void must(bool worked, const std::string& what) {
    if (!worked)
        throw std::runtime_error(what + ": " + std::strerror(errno));
}

void mount_at(const char* source, const fs::path& target, const char* type, unsigned long flags,
              const char* options) {
    must(mount(source, target.c_str(), type, flags, options) == 0, "mount " + target.string());
}

/// A folder of the machine's root; a link there would lead out of it.
fs::path folder(const fs::path& path) {
    must(!fs::is_symlink(path), path.string() + " is a link; refusing");
    fs::create_directories(path);
    return path;
}

void empty_folder(const fs::path& path) {
    for (const auto& entry : fs::directory_iterator(folder(path)))
        fs::remove_all(entry.path());
}

void write_file(const fs::path& path, const std::string& text) {
    std::ofstream(path) << text;
}

void make_devices(const fs::path& dev) {
    mount_at("tmpfs", dev, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=1m");
    struct Device {
        const char* name;
        unsigned number;
    };
    for (const auto& [name, number] :
         {Device{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}}) {
        must(mknod((dev / name).c_str(), S_IFCHR | 0666, makedev(1, number)) == 0,
             std::string("mknod ") + name);
        chmod((dev / name).c_str(), 0666);
    }
    mknod((dev / "tty").c_str(), S_IFCHR | 0666, makedev(5, 0));
    fs::create_symlink("/proc/self/fd", dev / "fd");
    fs::create_symlink("/proc/self/fd/0", dev / "stdin");
    fs::create_symlink("/proc/self/fd/1", dev / "stdout");
    fs::create_symlink("/proc/self/fd/2", dev / "stderr");
    fs::create_directory(dev / "shm");
    chmod((dev / "shm").c_str(), 01777);
    fs::create_directory(dev / "pts");
    mount_at("devpts", dev / "pts", "devpts", MS_NOSUID | MS_NOEXEC,
             "newinstance,ptmxmode=0666,mode=620");
    fs::create_symlink("pts/ptmx", dev / "ptmx");
}

/// What there is of the kernel belongs to the real machine: it can be read, not changed.
void protect_proc(const fs::path& proc) {
    for (const char* name : {"sys", "sysrq-trigger", "irq", "bus"}) {
        const fs::path path = proc / name;
        if (!fs::exists(path))
            continue;
        mount_at(path.c_str(), path, nullptr, MS_BIND, nullptr);
        mount_at(nullptr, path, nullptr,
                 MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    }
}

void bring_loopback_up() {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    must(ioctl(fd, SIOCSIFFLAGS, &request) == 0, "bringing lo up");
    close(fd);
}

void enter_root(const Settings& settings) {
    const fs::path root = settings.dir / "root";
    mount_at(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    for (const char* name :
         {"nix", "proc", "dev", "sys", "etc", "var", "root", "home", "boot", "bin", "usr"})
        folder(root / name);
    empty_folder(root / "run");
    empty_folder(root / "tmp");
    chmod((root / "tmp").c_str(), 01777);
    mount_at(root.c_str(), root, nullptr, MS_BIND, nullptr);
    mount_at(settings.nix.c_str(), root / "nix", nullptr, MS_BIND | MS_REC, nullptr);
    mount_at(nullptr, root / "nix", nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr);
    mount_at("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    // stands in for AmbientCapabilities=CAP_NET_BIND_SERVICE; this network is ours alone
    write_file(root / "proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    protect_proc(root / "proc");
    make_devices(root / "dev");
    must(chdir(root.c_str()) == 0 && syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
    must(umount2(".", MNT_DETACH) == 0 && chdir("/") == 0, "leaving the old root");
    bring_loopback_up();
    // the clock, the modules and the power of the real machine are not for programs in here
    for (const int capability :
         {CAP_SYS_MODULE, CAP_SYS_TIME, CAP_SYS_BOOT, CAP_SYS_RAWIO, CAP_SYSLOG})
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

[[noreturn]] void be_pid_one(const Settings& settings, const std::function<int()>& init, int gate) {
    try {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        char go = 0;
        if (read(gate, &go, 1) != 1)
            _exit(1); // the starter is gone already
        close(gate);
        const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        dup2(null, 0);
        enter_root(settings);
        _exit(init());
    } catch (const std::exception& error) {
        [[maybe_unused]] const auto written = dprintf(2, "agentd-demo-init: %s\n", error.what());
        _exit(1);
    }
}

int watch(pid_t child) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int each : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        sigaddset(&signals, each);
    const int events = signalfd(-1, &signals, SFD_CLOEXEC);
    bool asked = false;
    for (;;) {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == child) {
            close(events);
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        pollfd ready{.fd = events, .events = POLLIN, .revents = 0};
        if (poll(&ready, 1, asked ? poweroff_patience_ms : -1) == 0)
            kill(child, SIGKILL);
        signalfd_siginfo info{};
        if ((ready.revents & POLLIN) == 0 || read(events, &info, sizeof info) != sizeof info)
            continue;
        if (info.ssi_signo == SIGCHLD)
            continue;
        kill(child, asked ? SIGKILL : SIGTERM);
        asked = true;
    }
}

} // namespace

int run_machine(const Settings& settings, const std::function<int()>& init) {
    folder(settings.dir / "root");
    sigset_t signals;
    sigemptyset(&signals);
    for (const int each : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        sigaddset(&signals, each);
    must(sigprocmask(SIG_BLOCK, &signals, nullptr) == 0, "sigprocmask");

    std::array<int, 2> gate{};
    must(pipe2(gate.data(), O_CLOEXEC) == 0, "pipe");
    constexpr unsigned long spaces =
        CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;
    const auto child = static_cast<pid_t>(
        syscall(SYS_clone, spaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    must(child >= 0, "new namespaces");
    if (child == 0) {
        close(gate[1]);
        be_pid_one(settings, init, gate[0]);
    }
    close(gate[0]);
    const fs::path pid_file =
        settings.pid_file.empty() ? settings.dir / "init.pid" : settings.pid_file;
    write_file(pid_file.string() + ".tmp", std::to_string(child) + "\n");
    fs::rename(pid_file.string() + ".tmp", pid_file);
    must(write(gate[1], "g", 1) == 1, "starting PID 1");
    close(gate[1]);
    const int status = watch(child);
    fs::remove(pid_file);
    return status;
}

} // namespace agentd::demo
