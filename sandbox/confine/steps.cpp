#include "sandbox/confine/steps.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::confine {
namespace {

const char* missing(int flag) {
    switch (flag) {
    case CLONE_NEWNET:
        return "no network namespace can be had here";
    case CLONE_NEWNS:
        return "no mount namespace can be had here";
    case CLONE_NEWIPC:
        return "no IPC namespace can be had here";
    default:
        return "no process namespace can be had here";
    }
}

/// One line into a file of our own process; it may be that it cannot be had.
bool tell(const char* path, const char* text, std::size_t size) {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const bool told = ::write(fd, text, size) == static_cast<ssize_t>(size);
    ::close(fd);
    return told;
}

bool map_to_itself(const char* path, unsigned id) {
    char line[64];
    const int size = std::snprintf(line, sizeof line, "%u %u 1\n", id, id);
    return size > 0 && tell(path, line, static_cast<std::size_t>(size));
}

bool become_same_in_user_namespace() {
    const unsigned uid = ::geteuid(), gid = ::getegid();
    return ::unshare(CLONE_NEWUSER) == 0 && map_to_itself("/proc/self/uid_map", uid) &&
           tell("/proc/self/setgroups", "deny", 4) && map_to_itself("/proc/self/gid_map", gid);
}

/// There are kernels that make a namespace of users and then let nobody be somebody in it. There is
/// no way back out of one, so a child goes first.
bool has_user_namespace() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(become_same_in_user_namespace() ? 0 : 1);
    }
    int status = 0;
    pid_t ended = -1;
    do {
        ended = ::waitpid(child, &status, 0);
    } while (child > 0 && ended < 0 && errno == EINTR);
    return child > 0 && ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Whoever is not root has the right to namespaces in here, and is who he was; exec takes that
/// right away again.
void enter_user_namespace() {
    if (has_user_namespace() && !become_same_in_user_namespace()) {
        give_up("cannot be the same user in a namespace of users");
    }
}

} // namespace

void give_up(const char* what, const char* detail) {
    char text[512];
    const int size = std::snprintf(text, sizeof text, "!%d %s%s", errno, what, detail);
    if (size > 0) {
        static_cast<void>(!::write(status_fd, text, static_cast<std::size_t>(size)));
    }
    ::_exit(125);
}

int enter_namespaces(const Options& options) {
    int had = 0;
    if (!options.namespaces.empty() && ::geteuid() != 0) {
        enter_user_namespace();
    }
    for (const auto& wanted : options.namespaces) {
        if (::unshare(wanted.flag) == 0) {
            had |= wanted.flag;
        } else if (wanted.required) {
            give_up(missing(wanted.flag));
        }
    }
    if ((had & CLONE_NEWNS) != 0 &&
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        give_up("cannot make the mounts private");
    }
    return had;
}

void hide(const Options& options) {
    for (const char* directory : options.hidden) {
        const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
        if (::mount("agentd", directory, "tmpfs", flags, "size=4k,mode=0555") != 0 &&
            errno != ENOENT) {
            give_up("cannot hide ", directory);
        }
    }
}

void set_limits(const Options& options) {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0) {
        give_up("cannot switch core files off");
    }
    for (const auto& limit : options.limits) {
        const rlimit both{limit.value, limit.value};
        if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &both) != 0) {
            give_up("cannot set a resource limit");
        }
    }
}

void die_with_parent(const Options& options) {
    if (options.parent != 0 && ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
        give_up("cannot tie the program to its parent");
    }
}

void become(const Options& options) {
    ::umask(options.umask);
    if (options.drop &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(options.gid, options.gid, options.gid) != 0 ||
         ::setresuid(options.uid, options.uid, options.uid) != 0)) {
        give_up("cannot become another user");
    }
    if (options.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        give_up("cannot give up new privileges");
    }
}

} // namespace agentd::confine
