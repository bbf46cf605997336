#include "agentd/rehearsal/enter.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/rehearsal/fence.hpp"
#include "agentd/rehearsal/place.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <iostream>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::rehearsal {

namespace {

constexpr int deepest = 6; // confine's two, systemd-nspawn, the container

/// Of a process that may be gone by now: then it is empty.
std::string first_bytes(const std::string& file) {
    std::string bytes(8192, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

std::vector<pid_t> children_of(pid_t pid) {
    namespace fs = std::filesystem;
    std::vector<pid_t> out;
    std::error_code error;
    for (const auto& thread : fs::directory_iterator(fmt::format("/proc/{}/task", pid), error)) {
        const std::string text = first_bytes(thread.path().string() + "/children");
        for (const auto word : core::split(text, ' ')) {
            if (const auto child = core::parse_integer(word)) {
                out.push_back(static_cast<pid_t>(*child));
            }
        }
    }
    return out;
}

bool has_users_of_its_own(pid_t pid) {
    struct stat its {};
    struct stat ours {};
    return ::stat(fmt::format("/proc/{}/ns/user", pid).c_str(), &its) == 0 &&
           ::stat("/proc/self/ns/user", &ours) == 0 && its.st_ino != ours.st_ino;
}

/// `1` as the last of its numbers: the first process of a namespace.
bool is_first(pid_t pid) {
    const std::string text = first_bytes(fmt::format("/proc/{}/status", pid));
    for (const auto line : core::lines(text)) {
        if (line.starts_with("NSpid:")) {
            return line.ends_with("\t1");
        }
    }
    return false;
}

/// What will be the container's first process is its maker still, in the middle of its work.
bool is_still(pid_t child, pid_t maker) {
    struct stat its {};
    struct stat makers {};
    return ::stat(fmt::format("/proc/{}/exe", child).c_str(), &its) != 0 ||
           ::stat(fmt::format("/proc/{}/exe", maker).c_str(), &makers) != 0 ||
           (its.st_ino == makers.st_ino && its.st_dev == makers.st_dev);
}

std::optional<pid_t> search(pid_t pid, int depth) {
    for (const pid_t child : children_of(pid)) {
        if (is_first(child) && has_users_of_its_own(child) && !is_still(child, pid)) {
            return child;
        }
        if (depth > 0) {
            if (const auto found = search(child, depth - 1)) {
                return found;
            }
        }
    }
    return std::nullopt;
}

bool still_runs(int pidfd) {
    pollfd wait{pidfd, POLLIN, 0};
    return ::poll(&wait, 1, 0) == 0;
}

struct Leader {
    core::Fd held{};
    std::uint64_t bounds = 0; ///< the capabilities it can get
};

/// Held by a descriptor first, and looked for again after: a number may have become another's.
Leader hold_leader(pid_t ancestor) {
    const auto leader = leader_below(ancestor);
    if (!leader) {
        throw core::Failure(core::FailureKind::unavailable, "no container runs", "");
    }
    core::Fd held(static_cast<int>(::syscall(SYS_pidfd_open, *leader, 0)));
    const std::uint64_t bounds = bounds_of(*leader);
    if (!held || leader_below(ancestor) != leader || !still_runs(held.get())) {
        throw core::Failure(core::FailureKind::unavailable, "the container has ended", "");
    }
    return {.held = std::move(held), .bounds = bounds};
}

/// It is proposed code: it may do what the container's first process may, and no more.
[[noreturn]] void become(const std::vector<std::string>& words, std::uint64_t bounds) {
    std::vector<char*> arguments;
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str())); // execve(2) changes none
    }
    arguments.push_back(nullptr);
    std::array<const char*, 6> environment{
        "PATH=/run/current-system/sw/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG=C.UTF-8",
        "SYSTEMD_COLORS=0",
        "SYSTEMD_PAGER=",
        "HOME=/root",
        nullptr};
    if (!be_as_bounded(bounds, Bounds{}.processes)) {
        ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execve(arguments.front(), arguments.data(), const_cast<char**>(environment.data()));
    ::_exit(127);
}

} // namespace

std::optional<pid_t> leader_below(pid_t ancestor) {
    return search(ancestor, deepest);
}

int enter_and_run(const std::vector<std::string>& words) {
    const std::string number = words.empty() ? "" : words.front();
    pid_t asker = 0;
    std::from_chars(number.data(), number.data() + number.size(), asker);
    // Whoever asked is the one below whom the container is looked for: not process 1, whose child
    // this would be if the asker were gone.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || asker <= 1 || ::getppid() != asker) {
        std::cerr << "whoever asked has ended\n";
        return 126;
    }
    const Leader leader = hold_leader(asker);
    be_the_first_to_go();
    // All at once, or nothing: from here on nothing of the machine can be named.
    constexpr int all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                        CLONE_NEWUTS | CLONE_NEWCGROUP;
    const std::vector<std::string> program(words.begin() + 1, words.end());
    if (program.empty() || ::setns(leader.held.get(), all) != 0 || ::chdir("/") != 0 ||
        ::setgroups(0, nullptr) != 0 || ::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0) {
        std::cerr << "cannot enter the container: " << std::strerror(errno) << '\n';
        return 126;
    }
    const pid_t child = ::fork(); // only a child is among the container's processes
    if (child == 0) {
        become(program, leader.bounds);
    }
    int status = 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

} // namespace agentd::rehearsal
