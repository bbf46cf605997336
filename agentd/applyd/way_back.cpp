#include "agentd/applyd/way_back.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using core::Failure;
using core::FailureKind;

std::string own_program() {
    return std::filesystem::read_symlink("/proc/self/exe").string();
}

std::string systemd_program(const char* name) {
    for (const std::string folder : {"/run/current-system/sw/bin/", "/usr/bin/"}) {
        if (::access((folder + name).c_str(), X_OK) == 0) {
            return folder + name;
        }
    }
    throw Failure(FailureKind::misconfigured, std::string("systemd's ") + name + " is not there");
}

std::string unit_of(const std::string& nonce) {
    return "agentd-way-back-" + nonce.substr(0, 16);
}

/// systemd expands `$NAME` in the words of a command. Only versions from 254 on can be told not to.
std::string unexpanded(const std::string& word) {
    std::string out;
    for (const char c : word) {
        out.append(c == '$' ? 2 : 1, c);
    }
    return out;
}

/// Less than what the helper's own unit is shut into: nothing here that a full disk, a broken mount
/// or a changed unit file could make fail.
constexpr std::array locks{
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_KILL "
    "CAP_NET_ADMIN CAP_SETGID CAP_SETUID CAP_SYS_ADMIN",
};

void arm_timer(const std::string& nonce, std::chrono::seconds after, const std::string& config) {
    sandbox::Command command{.program = systemd_program("systemd-run"),
                             .arguments = {"--quiet", "--collect", "--unit=" + unit_of(nonce),
                                           "--on-active=" + std::to_string(after.count()),
                                           "--timer-property=AccuracySec=1s"}};
    for (const char* lock : locks) {
        command.arguments.push_back(std::string("--property=") + lock);
    }
    command.arguments.insert(command.arguments.end(),
                             {"--", unexpanded(own_program()), "--config", unexpanded(config),
                              "--settle", nonce});
    const auto outcome = sandbox::run(command);
    if (!outcome.succeeded()) {
        throw Failure(FailureKind::unavailable,
                      "the way back cannot be armed: " +
                          core::shorten(core::printable(outcome.err.bytes), 300));
    }
}

/// A process in a session of its own that waits and then settles. It closes everything it inherits.
void arm_process(const std::string& nonce, std::chrono::seconds after, const std::string& config,
                 const std::string& pid_file) {
    std::string program = own_program();
    std::array<std::string, 7> texts{
        program,    "--config", config, "--settle-after", std::to_string(after.count()),
        "--settle", nonce};
    std::array<char*, 8> argv{};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        argv[i] = texts[i].data();
    }
    std::array<char*, 1> environment{nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none); // ours are blocked, for the thread that waits for them
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(),
                                    environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        throw core::system_failure("the way back cannot be armed", program, error);
    }
    core::write_file_durably(pid_file, std::to_string(pid) + "\n");
}

/// Not whoever got its number after it had ended.
bool is_way_back(std::int64_t pid, const std::string& nonce) {
    const auto words =
        core::read_file_if_exists("/proc/" + std::to_string(pid) + "/cmdline", 1U << 16);
    return words && words->find("--settle") != std::string::npos &&
           words->find(nonce) != std::string::npos;
}

} // namespace

void WayBack::arm(const std::string& nonce, std::chrono::microseconds after) {
    // Once the new system runs, /etc holds its configuration, which may be broken or name other
    // folders.
    const auto in = std::chrono::ceil<std::chrono::seconds>(after);
    const std::string config = config_.apply.directory + "/way-back.toml";
    core::write_file_durably(config, core::read_file(config_file_, 1U << 20));
    if (config_.machine.kind == MachineKind::systemd) {
        arm_timer(nonce, in, config);
    } else {
        arm_process(nonce, in, config, config_.apply.directory + "/way-back.pid");
    }
}

void WayBack::disarm(const std::string& nonce) noexcept {
    try {
        if (config_.machine.kind == MachineKind::systemd) {
            sandbox::run({.program = systemd_program("systemctl"),
                          .arguments = {"stop", unit_of(nonce) + ".timer"}});
            return;
        }
        const std::string file = config_.apply.directory + "/way-back.pid";
        const auto pid = core::read_file_if_exists(file, 32);
        const auto number = pid ? core::parse_integer(core::trim(*pid)) : std::nullopt;
        if (number && *number > 1 && is_way_back(*number, nonce)) {
            // It waits: whoever disarms holds the lock.
            ::kill(static_cast<pid_t>(*number), SIGKILL);
            ::waitpid(static_cast<pid_t>(*number), nullptr,
                      0); // fails at once when it is not our child
        }
        ::unlink(file.c_str());
    } catch (const std::exception&) {
        // It fires, finds nothing of this nonce in flight, and ends.
    }
}

} // namespace agentd::applyd
