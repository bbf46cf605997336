#include "agentd/probe/rights.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace agentd::probe {

namespace {

using core::Done;
using core::Problem;
using core::Result;

constexpr uid_t nobody = 65'534;

#if defined(__x86_64__)
constexpr std::uint32_t here = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t here = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t here = AUDIT_ARCH_RISCV64;
#else
#error "name this machine's AUDIT_ARCH"
#endif

// clang-format off
constexpr auto never = std::to_array<long>({
    SYS_execve, SYS_execveat, SYS_clone, SYS_clone3,
#if defined(SYS_fork)
    SYS_fork, SYS_vfork,
#endif
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd,
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsmount,
    SYS_fspick, SYS_mount_setattr, SYS_unshare, SYS_setns, SYS_open_by_handle_at,
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
    SYS_keyctl, SYS_add_key, SYS_request_key,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff});
constexpr auto opening = std::to_array<long>({
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_openat, SYS_openat2, SYS_mknodat,
#if defined(SYS_open)
    SYS_open, SYS_creat,
#endif
});
// clang-format on
constexpr std::array families{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

constexpr std::uint32_t denied = SECCOMP_RET_ERRNO | EPERM;

sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
sock_filter end_with(std::uint32_t what) {
    return BPF_STMT(BPF_RET | BPF_K, what);
}
/// Jumps over so many instructions when what was loaded is `value`, over none else.
sock_filter skip_if(long value, std::size_t count) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(value),
                    static_cast<std::uint8_t>(count), 0);
}

using Filter = std::vector<sock_filter>;

/// Denies these and goes on with the others.
template <std::size_t N> Filter without(const std::array<long, N>& calls) {
    Filter all{load(offsetof(seccomp_data, arch)), skip_if(here, 1),
               end_with(SECCOMP_RET_KILL_PROCESS), load(offsetof(seccomp_data, nr))};
#if defined(__x86_64__) // the numbers of x32 are the same calls again
    all.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1));
    all.push_back(end_with(SECCOMP_RET_KILL_PROCESS));
#endif
    for (std::size_t i = 0; i < N; ++i) { // to the denial right behind them
        all.push_back(skip_if(calls[i], N - i));
    }
    all.push_back(BPF_STMT(BPF_JMP | BPF_JA, 1));
    all.push_back(end_with(denied));
    return all;
}

/// What is loaded is the number of the call.
void only_known_sockets(Filter& all) {
    all.push_back(skip_if(SYS_socket, 1));
    all.push_back(end_with(SECCOMP_RET_ALLOW));
    all.push_back(load(offsetof(seccomp_data, args)));
    for (std::size_t i = 0; i < families.size(); ++i) {
        all.push_back(skip_if(families[i], families.size() - i));
    }
    all.push_back(end_with(denied));
}

Problem trouble(const char* what) {
    return {.code = "cannot",
            .message = std::string("cannot give up rights: ") + what + ": " + std::strerror(errno)};
}

Result<Done> obey(Filter filter) {
    filter.push_back(end_with(SECCOMP_RET_ALLOW));
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        return trouble("system calls");
    }
    return Done{};
}

} // namespace

Result<Done> become_nobody() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return trouble("new privileges");
    }
    if ((::geteuid() == 0 || ::getuid() == 0) &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
         ::setresuid(nobody, nobody, nobody) != 0 || ::setuid(0) == 0)) {
        return trouble("root");
    }
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return trouble("being looked into");
    }
    return Done{};
}

Result<Done> give_up_rights() {
    if (auto done = become_nobody(); !done) {
        return done;
    }
    Filter filter = without(never);
    only_known_sockets(filter);
    return obey(std::move(filter));
}

Result<Done> keep_what_is_open() {
    return obey(without(opening));
}

} // namespace agentd::probe
