/// @file
/// Where a rehearsal happens: mounts of our own with nothing of the machine in reach, a group of
/// processes of our own, and the command that starts the system there.
#pragma once

#include "agentd/rehearsal/question.hpp"
#include "sandbox/command.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::rehearsal {

/// What a rehearsed system may use of the machine.
struct Bounds {
    std::uint64_t disk = 512U << 20; ///< bytes of its root, which is memory
    std::uint64_t processes = 1'024; ///< of one of its users
    std::vector<std::string> lent{}; ///< folders of programs that it reads besides the store
    /// What it reads of the machine is shown as its own root's, which not every file system can.
    bool owned = true;
};

/// Done once, before anything else: from then on this process sees the machine's /run and /tmp no
/// more, and what it mounts is gone with it. Failure{misconfigured} where that cannot be had.
void leave_the_machine(const Bounds& bounds);

/// A group of its own below ours, where there are groups; left behind empty when we are killed, and
/// taken away by the next. Nothing happens where none can be made: limits are then none.
class OwnGroup {
  public:
    OwnGroup();
    ~OwnGroup();
    OwnGroup(const OwnGroup&) = delete;
    OwnGroup& operator=(const OwnGroup&) = delete;

    /// What holds here of memory and tasks, in words: `memory 2048 MiB, 4096 tasks`, or `none`.
    static std::string limits();

  private:
    struct Made {
        std::string parent{};
        std::string folder{};
    };
    std::vector<Made> made_{};
};

/// The root that the container begins with: as good as empty.
void make_root(const Bounds& bounds);

/// systemd-nspawn of the running system. Failure{misconfigured} when there is none.
std::string nspawn_program();

/// The whole of `agentd-rehearse --boot PROGRAM ARGUMENT…`: draws the /proc of its own processes
/// and becomes PROGRAM. Returns only with an exit status when it cannot.
int boot_here(const std::vector<std::string>& words);

/// Boots `question.system` as the only thing in a container: users of its own, no network, no
/// device, no secret, the store read-only. It is killed with all it started when the command ends.
/// @param self this program
sandbox::Command boot_command(const Question& question, const Bounds& bounds,
                              const std::string& self, const std::string& nspawn);

} // namespace agentd::rehearsal
