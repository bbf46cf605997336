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

/// Blocks SIGTERM; what was blocked before.
sigset_t hold_sigterm() {
    sigset_t term;
    sigset_t before;
    ::sigemptyset(&term);
    ::sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, &before);
    return before;
}

[[noreturn]] void end_like(int status, const sigset_t& mask) {
    if (WIFSIGNALED(status)) {
        ::signal(WTERMSIG(status), SIG_DFL);
        ::sigprocmask(SIG_SETMASK, &mask, nullptr);
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
    // The program decides; SIGKILL reaches us all. Held from before there is a program on, or the
    // two that stand before it could be ended by what it is to hear.
    const sigset_t mask = hold_sigterm();
    for (const bool outside : {true, false}) {
        const pid_t child = ::fork();
        if (child < 0) {
            return false;
        }
        if (child > 0) {
            for (int fd = 0; fd <= 3; ++fd) {
                ::close(fd); // the pipes belong to the program alone
            }
            ::signal(SIGTERM, SIG_IGN); // one that waits already is forgotten
            const int ended = wait_for(child);
            if (outside) {
                end_like(*status, mask);
            }
            *status = ended;
            ::_exit(0);
        }
        if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
            return false;
        }
    }
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    return true;
}

} // namespace agentd::confine
