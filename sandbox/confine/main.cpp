/// @file
/// Sets a profile in its own process and becomes the wanted program: namespaces, mounts, limits,
/// identity.
///
/// Called by sandbox::run only. It speaks on descriptor 3: "+" just before exec, "!<errno> <what>"
/// when it gives up; exec closes the descriptor.
#include "sandbox/confine/files.hpp"
#include "sandbox/confine/process_tree.hpp"
#include "sandbox/confine/steps.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

using namespace agentd::confine;

int main(int count, char** arguments) {
    ::fcntl(status_fd, F_SETFD, FD_CLOEXEC);
    Options options;
    const char* bad = "";
    errno = EINVAL;
    if (!read_options(count, arguments, options, bad)) {
        give_up("not understood: ", bad);
    }
    // While it can still be reached: it may lie where whom this becomes may not go, below root's
    // home.
    const int program = ::open(options.program[0], O_PATH | O_CLOEXEC);
    const int had = enter_namespaces(options);
    if ((had & CLONE_NEWNS) != 0) { // never in the machine's own mounts
        hide(options);
    }
    set_limits(options);
    die_with_parent(options);
    if (options.parent != 0 && ::getppid() != options.parent) {
        give_up("the parent is already gone");
    }
    if ((had & CLONE_NEWPID) != 0 && !fork_into_process_namespace()) {
        give_up("cannot start a process tree");
    }
    become(options);
    die_with_parent(options); // a change of uid has cleared it
    restrict_files(options, program);
    static_cast<void>(!::write(status_fd, "+", 1));
    ::execve(options.program[0], options.program, environ);
    if (errno == EACCES && program >= 0) {
        ::execveat(program, "", options.program, environ, AT_EMPTY_PATH);
    }
    give_up("cannot execute ", options.program[0]);
}
