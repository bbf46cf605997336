#include "sandbox/child.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace agentd::sandbox {
namespace {

using core::Failure;
using core::FailureKind;

struct Pipe {
    core::Fd read;
    core::Fd write;
};

Pipe make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw core::system_failure("cannot make a pipe", "", errno);
    }
    return {core::Fd(ends[0]), core::Fd(ends[1])};
}

/// A file in memory never fills up as a pipe does, so nobody has to feed it.
core::Fd make_input(const std::optional<std::string>& bytes) {
    if (!bytes) {
        return core::open_file("/dev/null", O_RDONLY);
    }
    core::Fd fd(::memfd_create("stdin", MFD_CLOEXEC));
    if (!fd) {
        throw core::system_failure("cannot make a file in memory", "", errno);
    }
    core::write_all(fd.get(), *bytes, "stdin");
    if (::lseek(fd.get(), 0, SEEK_SET) != 0) {
        throw core::system_failure("cannot rewind a file in memory", "", errno);
    }
    return fd;
}

void check_text(const std::string& text, const std::string& program) {
    if (text.find('\0') != std::string::npos) {
        throw Failure(FailureKind::internal, "a NUL byte in an argument", program);
    }
}

/// Strings as the C pointers exec wants; borrows them.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const auto& text : texts) {
        out.push_back(const_cast<char*>(text.c_str())); // posix_spawn does not write to them
    }
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> argument_vector(const Command& command) {
    std::vector<std::string> all;
    if (command.profile) {
        const auto& confine = command.profile->confine;
        all.push_back(confine.empty() ? confine_program() : confine);
        for (auto& option : confine_arguments(*command.profile)) {
            all.push_back(std::move(option));
        }
        all.insert(all.end(), {"--", command.program});
    } else {
        all.push_back(command.program);
    }
    all.insert(all.end(), command.arguments.begin(), command.arguments.end());
    for (const auto& text : all) {
        check_text(text, command.program);
    }
    return all;
}

std::vector<std::string> environment_vector(const Command& command) {
    std::vector<std::string> all;
    for (const auto& [name, value] : command.environment) {
        if (name.empty() || name.find('=') != std::string::npos) {
            throw Failure(FailureKind::internal, "a bad name of an environment variable", name);
        }
        all.push_back(name + "=" + value);
        check_text(all.back(), command.program);
    }
    return all;
}

/// posix_spawn's two option objects, freed on every way out.
class SpawnOptions {
  public:
    SpawnOptions() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                                    POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnOptions() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnOptions(const SpawnOptions&) = delete;
    SpawnOptions& operator=(const SpawnOptions&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

/// Above the numbers the program will get, so that no dup2 overwrites a source of the next one.
core::Fd lifted(int fd) {
    core::Fd high(::fcntl(fd, F_DUPFD_CLOEXEC, 16));
    if (!high) {
        throw core::system_failure("cannot duplicate a descriptor", "", errno);
    }
    return high;
}

} // namespace

Child::Child(const Command& command) {
    if (!command.program.starts_with('/')) {
        throw Failure(FailureKind::internal, "a program must be an absolute path", command.program);
    }
    const core::Fd in = make_input(command.input);
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    Pipe status = make_pipe();
    spawn(command, lifted(in.get()), lifted(out.write.get()), lifted(err.write.get()),
          lifted(status.write.get()));
    status.write.reset();
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    pidfd_ = core::Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (!pidfd_) {
        const int error = errno;
        reap();
        throw core::system_failure("cannot watch a process", command.program, error);
    }
    if (command.profile) {
        try {
            await_start(command, std::move(status.read));
        } catch (...) {
            reap(); // no destructor runs for what was never made
            throw;
        }
    }
}

Child::~Child() {
    if (pid_ > 0) {
        reap();
    }
}

void Child::spawn(const Command& command, core::Fd in, core::Fd out, core::Fd err,
                  core::Fd status) {
    const auto arguments = argument_vector(command);
    const auto environment = environment_vector(command);
    SpawnOptions options;
    ::posix_spawn_file_actions_adddup2(&options.actions, in.get(), 0);
    ::posix_spawn_file_actions_adddup2(&options.actions, out.get(), 1);
    ::posix_spawn_file_actions_adddup2(&options.actions, err.get(), 2);
    if (command.profile) {
        ::posix_spawn_file_actions_adddup2(&options.actions, status.get(), 3);
    }
    ::posix_spawn_file_actions_addclosefrom_np(&options.actions, command.profile ? 4 : 3);
    ::posix_spawn_file_actions_addchdir_np(&options.actions, command.directory.c_str());
    const int error =
        ::posix_spawn(&pid_, arguments.front().c_str(), &options.actions, &options.attributes,
                      pointers(arguments).data(), pointers(environment).data());
    if (error != 0) {
        pid_ = -1;
        throw core::system_failure("cannot start", arguments.front() + " in " + command.directory,
                                   error);
    }
}

void Child::await_start(const Command& command, core::Fd status) {
    // agentd-confine says "+" just before it becomes the program, "!errno what" when something
    // failed, and the end of the stream means that exec closed it.
    std::string said;
    char buffer[512];
    for (;;) {
        pollfd waiting{status.get(), POLLIN, 0};
        const int ready = ::poll(&waiting, 1, 10'000);
        if (ready == 0) {
            throw Failure(FailureKind::unavailable, "agentd-confine does not answer",
                          command.program);
        }
        const ssize_t got = ready < 0 ? -1 : ::read(status.get(), buffer, sizeof buffer);
        if (got > 0 && said.size() < 4096) {
            said.append(buffer, static_cast<std::size_t>(got));
        } else if (got == 0) {
            break;
        } else if (got < 0 && errno != EINTR) {
            throw core::system_failure("cannot read from agentd-confine", command.program, errno);
        }
    }
    if (const auto bang = said.find('!'); bang != std::string::npos) {
        const auto space = said.find(' ', bang);
        const auto number =
            core::parse_integer(std::string_view(said).substr(bang + 1, space - bang - 1));
        const std::string why = space == std::string::npos ? "failed" : said.substr(space + 1);
        throw Failure(FailureKind::misconfigured,
                      "cannot start a confined program: " + why + ": " +
                          std::generic_category().message(static_cast<int>(number.value_or(0))),
                      command.program);
    }
    if (said != "+") {
        throw Failure(FailureKind::internal, "agentd-confine ended before it started the program",
                      command.program);
    }
}

void Child::signal_group(int signal) const noexcept {
    if (pid_ > 0) {
        ::kill(-pid_, signal);
    }
}

Child::Ended Child::reap() {
    signal_group(SIGKILL);
    Ended ended;
    while (::wait4(pid_, &ended.status, 0, &ended.usage) < 0) {
        if (errno != EINTR) {
            pid_ = -1;
            throw core::system_failure("cannot wait for a program", "", errno);
        }
    }
    await_group_gone();
    pid_ = -1;
    return ended;
}

void Child::await_group_gone() const noexcept {
    // A killed process dies a little later; whoever asked to stop wants it gone when we return. The
    // number of a group that has members is not given away.
    for (int round = 0; round < 250 && ::kill(-pid_, 0) == 0; ++round) {
        ::poll(nullptr, 0, 1);
    }
}

} // namespace agentd::sandbox
