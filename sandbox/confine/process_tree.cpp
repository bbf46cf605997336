#include "sandbox/confine/process_tree.hpp"

#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::confine {
namespace {

/// Waits for `child` and for whatever else becomes ours, and tells how `child` ended.
int wait_for(pid_t child) {
    for (;;) {
        int status = 0;
        const pid_t ended = ::waitpid(-1, &status, 0);
        if (ended == child) {
            return status;
        }
        if (ended < 0 && errno != EINTR) {
            return 125 << 8;
        }
    }
}

[[noreturn]] void end_like(int status) {
    if (WIFSIGNALED(status)) {
        ::signal(WTERMSIG(status), SIG_DFL);
        ::raise(WTERMSIG(status));
    }
    ::_exit(WEXITSTATUS(status));
}

} // namespace

/// Three processes: this one outside, an init inside (a program that is process 1 would not hear
/// SIGTERM), and the program. Returns in the program only.
bool fork_into_process_namespace() {
    auto* status = static_cast<int*>(
        ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    if (status == MAP_FAILED) {
        return false;
    }
    for (const bool outside : {true, false}) {
        const pid_t child = ::fork();
        if (child < 0) {
            return false;
        }
        if (child > 0) {
            for (int fd = 0; fd <= 3; ++fd) {
                ::close(fd); // the pipes belong to the program alone
            }
            ::signal(SIGTERM, SIG_IGN); // the program decides; SIGKILL reaches us all
            const int ended = wait_for(child);
            if (outside) {
                end_like(*status);
            }
            *status = ended;
            ::_exit(0);
        }
        if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
            return false;
        }
    }
    return true;
}

} // namespace agentd::confine
