/// @file
/// What a program must not be able to do: set in its process before it starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace agentd::sandbox {

/// How much a property is needed. `best_effort` is always somebody's explicit choice.
enum class Need {
    unwanted,
    required,    ///< the program is not started without it: Failure{misconfigured}
    best_effort, ///< where the kernel or our rights deny it, the program starts without
};

/// setrlimit(2) values, soft and hard alike. Core files are always off.
struct Limits {
    std::optional<std::uint64_t> address_space{}; ///< bytes, each process
    std::optional<std::uint64_t> cpu_seconds{};   ///< each process
    std::optional<std::uint64_t> file_size{};     ///< bytes, each file
    std::optional<std::uint64_t> open_files{};
    std::optional<std::uint64_t> processes{}; ///< of the uid; the kernel does not hold root to it
};

/// Who the program becomes. Supplementary groups are cleared. Only root can ask for this.
struct Identity {
    uid_t uid{};
    gid_t gid{};
};

/// The only paths that can be opened, with what lies below them; by Landlock, so for root too. Looking up names and
/// asking for their attributes stays possible. A path that does not exist is left out. Implies no_new_privileges.
struct Files {
    Need need = Need::required; ///< not `unwanted`
    std::vector<std::string> readable{}; ///< absolute; read, list, execute
    std::vector<std::string> writable{}; ///< absolute; everything
};

/// Applied by the program `agentd-confine`, which then becomes the wanted program.
struct Profile {
    std::string confine{}; ///< absolute path of agentd-confine; empty: confine_program()
    Need network_namespace =
        Need::unwanted; ///< a network of its own, with nothing in it (lo is down)
    Need mount_namespace = Need::unwanted; ///< mounts made inside stay inside
    Need ipc_namespace = Need::unwanted;
    /// A process tree of its own: when the program ends, however it ends, every descendant is
    /// killed, also one that left the process group.
    Need process_namespace = Need::unwanted;
    std::vector<std::string>
        hidden{}; ///< directories drawn over with an empty one; needs mount_namespace
    std::optional<Files> files{}; ///< nullopt: whatever the uid may open
    Limits limits{};
    std::optional<Identity> run_as{};
    mode_t umask = 077;
    bool no_new_privileges = true; ///< set-user-id bits mean nothing
    bool die_with_parent = true;   ///< SIGKILL when the thread that called run() ends
};

/// Where agentd-confine is: beside the running program, else the path compiled in. Never PATH.
/// Failure{misconfigured} when it is in neither place.
std::string confine_program();

/// The options agentd-confine is given for `profile`, up to and without the `--` before the
/// program.
std::vector<std::string> confine_arguments(const Profile& profile);

} // namespace agentd::sandbox
