#include "agentd/analyze/confine.hpp"

#include "agentd/core/failure.hpp"

#include <array>
#include <cerrno>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace agentd::analyze {
namespace {

constexpr unsigned nobody = 65534;

void demand(bool done, const char* what) {
    if (!done)
        throw core::system_failure(what, "agentd-analyze", errno);
}

void limit(__rlimit_resource_t resource, rlim_t most) {
    struct rlimit now {};
    demand(::getrlimit(resource, &now) == 0, "reading a limit");
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
        most = now.rlim_max;
    const struct rlimit wanted { .rlim_cur = most, .rlim_max = most };
    demand(::setrlimit(resource, &wanted) == 0, "setting a limit");
}

void drop_root() {
    // In a container it may be forbidden; then whoever started us has to have taken the network.
    static_cast<void>(::unshare(CLONE_NEWNET | CLONE_NEWIPC));
    demand(::setgroups(0, nullptr) == 0, "dropping groups");
    demand(::setresgid(nobody, nobody, nobody) == 0, "dropping the group");
    demand(::setresuid(nobody, nobody, nobody) == 0, "dropping the user");
    demand(::setuid(0) != 0 && ::geteuid() == nobody && ::getegid() == nobody,
           "making sure that root is gone");
}

/// Whoever made a namespace of users has every right in it. Asking to have none may be forbidden (a
/// unit's filter of system calls): what counts is that none is there.
void drop_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{}, had{};
    static_cast<void>(::syscall(SYS_capset, &header, none.data()));
    demand(::syscall(SYS_capget, &header, had.data()) == 0, "reading capabilities");
    for (const auto& half : had)
        demand((half.effective | half.permitted | half.inheritable) == 0,
               "making sure that no capability is left");
}

} // namespace

void confine() {
    if (::geteuid() == 0 || ::getuid() == 0)
        drop_root();
    else // where the kernel lets anybody; else it has been said before that this is missing
        static_cast<void>(::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC));
    drop_capabilities();
    demand(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "giving up new privileges");
    demand(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "giving up core dumps");
    constexpr rlim_t gibibyte = rlim_t{1} << 30;
#if !defined(__SANITIZE_ADDRESS__)
    // The address sanitizer reserves terabytes that it never uses.
    limit(RLIMIT_AS, gibibyte);
#else
    static_cast<void>(gibibyte);
#endif
    limit(RLIMIT_CPU, 60);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_CORE, 0);
}

} // namespace agentd::analyze
