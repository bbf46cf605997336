#include "agentd/rehearsal/fence.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <fstream>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace agentd::rehearsal {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t our_architecture = AUDIT_ARCH_AARCH64;
#else
#error "the number of this architecture for seccomp(2)"
#endif

constexpr std::uint32_t denied = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t no_such_socket = SECCOMP_RET_ERRNO | EAFNOSUPPORT;

/// Not namespaced, or of more harm than use to what boots for a look.
constexpr std::array closed {
    SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_add_key, SYS_request_key,
        SYS_keyctl, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_kexec_load,
        SYS_kexec_file_load, SYS_quotactl, SYS_quotactl_fd, SYS_open_by_handle_at, SYS_init_module,
        SYS_finit_module, SYS_delete_module, SYS_swapon, SYS_swapoff, SYS_reboot, SYS_settimeofday,
        SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_acct, SYS_syslog,
        SYS_lookup_dcookie, SYS_nfsservctl,
#if defined(__x86_64__)
        SYS_iopl, SYS_ioperm,
#endif
};

constexpr std::array families{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET};

sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
/// The next but one where it is not `value`.
sock_filter unless(std::uint32_t value) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
}
sock_filter answer(std::uint32_t action) {
    return BPF_STMT(BPF_RET | BPF_K, action);
}

std::vector<sock_filter> filter() {
    std::vector<sock_filter> out{load(offsetof(seccomp_data, arch)),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, our_architecture, 1, 0),
                                 answer(denied), load(offsetof(seccomp_data, nr))};
#if defined(__x86_64__)
    constexpr std::uint32_t x32 = 0x40000000; // the same calls by other numbers
    out.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, x32, 0, 1));
    out.push_back(answer(denied));
#endif
    for (const auto number : closed) {
        out.push_back(unless(static_cast<std::uint32_t>(number)));
        out.push_back(answer(denied));
    }
    constexpr auto skipped = static_cast<std::uint8_t>(2 * families.size() + 2);
    out.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socketpair, 1, 0));
    out.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, skipped));
    out.push_back(load(offsetof(seccomp_data, args))); // low half: little-endian
    for (const auto family : families) {
        out.push_back(unless(static_cast<std::uint32_t>(family)));
        out.push_back(answer(SECCOMP_RET_ALLOW));
    }
    out.push_back(answer(no_such_socket));
    out.push_back(answer(SECCOMP_RET_ALLOW));
    return out;
}

} // namespace

void be_the_first_to_go() {
    std::ofstream file("/proc/self/oom_score_adj");
    file << "1000" << std::flush; // where it cannot be had, that is no reason not to look
}

void fence_off() {
    // A group of processes takes the session's keys of whoever started it along, also into a
    // namespace of other users. Where keys are denied to us already nothing is to be taken.
    ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
    auto steps = filter();
    const sock_fprog program{.len = static_cast<unsigned short>(steps.size()),
                             .filter = steps.data()};
    // Without no_new_privs, which would change what runs inside: only root can.
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0 && ::geteuid() == 0) {
        throw core::system_failure("calls into the kernel cannot be fenced off", "seccomp(2)",
                                   errno);
    }
}

std::uint64_t bounds_of(pid_t pid) {
    std::ifstream in(fmt::format("/proc/{}/status", pid));
    constexpr std::string_view key = "CapBnd:\t";
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(key)) {
            std::uint64_t bounds = 0;
            std::from_chars(line.data() + key.size(), line.data() + line.size(), bounds, 16);
            return bounds;
        }
    }
    return 0;
}

bool be_as_bounded(std::uint64_t bounds, std::uint64_t processes) {
    for (int each = 0; ::prctl(PR_CAPBSET_READ, each) >= 0; ++each) {
        if ((bounds >> static_cast<unsigned>(each) & 1U) == 0 &&
            ::prctl(PR_CAPBSET_DROP, each) != 0) {
            return false;
        }
    }
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0) {
        return false;
    }
    for (std::size_t half = 0; half < data.size(); ++half) {
        const auto mask = static_cast<std::uint32_t>(bounds >> (32 * half));
        data[half].effective &= mask;
        data[half].permitted &= mask;
        data[half].inheritable = 0;
    }
    const rlimit tasks{.rlim_cur = processes, .rlim_max = processes};
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    return ::syscall(SYS_capset, &header, data.data()) == 0 &&
           ::setrlimit(RLIMIT_NPROC, &tasks) == 0 && ::setrlimit(RLIMIT_CORE, &none) == 0;
}

} // namespace agentd::rehearsal
